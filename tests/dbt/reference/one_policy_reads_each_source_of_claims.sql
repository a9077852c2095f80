-- Claims name no policy: with two policies reading the same source they could not be told apart.

with policies as (

    select * from {{ ref('ref_policies') }}

),

programmes as (

    select * from {{ ref('ref_programmes') }}

),

sources as (

    select distinct
        policies.policy_id,
        policies.claim_source,
        case when policies.claim_source = 'benefit_choices' then programmes.incident_id else '' end
            as incident_id
    from policies
    inner join programmes
        on policies.programme_id = programmes.programme_id

),

final as (

    select
        'claims in ' || claim_source || ' are read by policies '
        || min(policy_id) || ' and ' || max(policy_id) as problem
    from sources
    group by claim_source, incident_id
    having count(distinct policy_id) > 1

)

select * from final
