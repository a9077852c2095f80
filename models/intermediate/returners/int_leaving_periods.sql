-- Grain: one row per (incident_id, period_kind, period_from), as known at the as-of date.
-- In which days does a carrier's incident count as a reason to leave it? For another carrier what
-- the register says; for the operator the window, and the days that its policy refunds afterwards.

with incident_periods as (

    select * from {{ ref('ref_incident_periods') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

policy_paths as (

    select * from {{ ref('ref_policy_paths') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

periods_ranked as (

    select
        incident_periods.incident_id,
        incident_periods.period_kind,
        incident_periods.period_from,
        incident_periods.period_to,
        rank() over (
            partition by incident_periods.incident_id, incident_periods.period_kind
            order by incident_periods.known_from desc nulls last
        ) as recency
    from incident_periods
    cross join delivery_facts
    where
        incident_periods.known_from <= delivery_facts.as_of_date
        and incident_periods.period_kind in ('window', 'leave_window')

),

-- Paths of the policies in force that are open to every leaver; those of confirmed victims alone
-- say nothing about the others.
paths_in_force as (

    select
        versions.incident_id,
        policy_paths.path as period_kind,
        policy_paths.terminated_from as period_from,
        coalesce(policy_paths.terminated_to, delivery_facts.as_of_date) as period_to
    from versions
    inner join policy_paths
        on
            versions.policy_id = policy_paths.policy_id
            and versions.policy_version = policy_paths.policy_version
    cross join delivery_facts
    where
        versions.is_current
        and not versions.is_victims_only
        and versions.incident_id is not null

),

periods as (

    select incident_id, period_kind, period_from, period_to
    from periods_ranked
    where recency = 1
    union all
    select incident_id, period_kind, period_from, period_to
    from paths_in_force

),

-- Periods that overlap or follow on each other are one; days between two are in neither.
periods_in_order as (

    select
        incident_id, period_kind, period_from, period_to,
        max(period_to) over (
            partition by incident_id, period_kind
            order by period_from asc nulls last, period_to asc nulls last
            rows between unbounded preceding and 1 preceding
        ) as reached_before
    from periods

),

periods_numbered as (

    select
        incident_id, period_kind, period_from, period_to,
        sum(
            case
                when {{ dbt.datediff('reached_before', 'period_from', 'day') }} <= 1 then 0
                else 1
            end
        ) over (
            partition by incident_id, period_kind
            order by period_from asc nulls last, period_to asc nulls last
            rows between unbounded preceding and current row
        ) as period_number
    from periods_in_order

),

final as (

    select
        incident_id,
        period_kind,
        min(period_from) as period_from,
        max(period_to) as period_to,
        case period_kind when 'leave_window' then 1 when 'window' then 2 else 3 end as period_order
    from periods_numbered
    group by incident_id, period_kind, period_number

)

select * from final
