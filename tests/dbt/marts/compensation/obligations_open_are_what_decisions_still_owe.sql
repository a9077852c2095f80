-- Outstanding refunds of fees, from the last state of each obligation and from decisions less
-- payments.

with movements as (

    select * from {{ ref('fct_obligation_movements') }}

),

decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

moved as (

    select programme_id, sum(outstanding_change_krw) as outstanding_krw
    from movements
    group by 1

),

owed as (

    select
        versions.programme_id,
        sum(greatest(decisions.payable_krw - decisions.paid_krw, 0)) as outstanding_krw
    from decisions
    inner join versions
        on
            decisions.policy_id = versions.policy_id
            and decisions.policy_version = versions.policy_version
    where decisions.is_current
    group by 1

),

final as (

    select
        owed.programme_id,
        owed.outstanding_krw as owed_krw,
        coalesce(moved.outstanding_krw, 0) as moved_krw
    from owed
    left join moved
        on owed.programme_id = moved.programme_id
    where owed.outstanding_krw != coalesce(moved.outstanding_krw, 0)

)

select * from final
