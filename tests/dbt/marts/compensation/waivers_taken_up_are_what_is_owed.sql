-- Every won payable under the current version is in the triangle of its programme, dated by claim
-- or by entitlement if that came later, and nothing else is.

with decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

events as (

    select * from {{ ref('fct_uptake_events') }}

),

owed as (

    select
        versions.programme_id,
        sum(decisions.payable_krw) as krw
    from decisions
    inner join versions
        on
            decisions.policy_id = versions.policy_id
            and decisions.policy_version = versions.policy_version
    where decisions.is_current
    group by 1

),

taken as (

    select
        programme_id,
        sum(amount_krw) as krw
    from events
    where event_kind = 'taken'
    group by 1

),

final as (

    select
        owed.programme_id,
        owed.krw as owed_krw,
        taken.krw as taken_krw
    from owed
    left join taken
        on owed.programme_id = taken.programme_id
    where owed.krw != coalesce(taken.krw, 0)

)

select * from final
