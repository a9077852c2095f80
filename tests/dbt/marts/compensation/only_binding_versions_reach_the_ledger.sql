-- Nothing is owed by a draft, a reading or a scenario.

with ledger as (

    select * from {{ ref('fct_compensation_ledger') }}

),

policies as (

    select * from {{ ref('ref_policies') }}

),

binding as (

    select programme_id, policy_version
    from policies
    where is_binding

),

posted as (

    select distinct programme_id, policy_version
    from ledger
    where policy_version is not null

),

final as (

    select posted.programme_id, posted.policy_version
    from posted
    left join binding
        on
            posted.programme_id = binding.programme_id
            and posted.policy_version = binding.policy_version
    where binding.policy_version is null

)

select * from final
