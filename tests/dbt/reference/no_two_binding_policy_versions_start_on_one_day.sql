-- Which version is in force is the newest binding one: two of the same day leave it open. Withdraw
-- one, or date it apart, in ref_policies.

with policies as (

    select * from {{ ref('ref_policies') }}

),

final as (

    select
        'policy ' || policy_id || ' has ' || cast(count(*) as varchar)
        || ' binding versions known from ' || cast(known_from as varchar)
        || ': ' || min(policy_version) || ' and ' || max(policy_version) as problem
    from policies
    where is_binding
    group by policy_id, known_from
    having count(*) > 1

)

select * from final
