-- A phase is the sum of its days that were delivered, and the whole of an incident the sum of its
-- phases. Days that were not delivered have no figure, and are counted where a phase has others.

with daily as (

    select * from {{ ref('rpt_excess_churn_daily') }}

),

phases as (

    select * from {{ ref('rpt_excess_churn') }}

),

days_summed as (

    select
        incident_id,
        phase,
        segment_kind,
        segment,
        recipient,
        count(case when not is_missing then 1 end) as days,
        count(case when is_missing then 1 end) as missing_days,
        count(case when is_missing then actual end) as figures_of_missing_days,
        sum(actual) as actual,
        sum(expected) as expected
    from daily
    where incident_id is not null
    group by 1, 2, 3, 4, 5

),

phases_summed as (

    select
        incident_id,
        method,
        segment_kind,
        segment,
        recipient,
        sum(actual) as actual,
        sum(expected) as expected
    from phases
    where phase <> 'whole'
    group by 1, 2, 3, 4, 5

),

final as (

    select
        phases.incident_id,
        phases.phase,
        phases.segment,
        'days' as parts
    from phases
    left join days_summed
        on
            phases.incident_id = days_summed.incident_id
            and phases.phase = days_summed.phase
            and phases.segment_kind = days_summed.segment_kind
            and phases.segment = days_summed.segment
            and phases.recipient = days_summed.recipient
    where
        phases.method = 'baseline'
        and phases.phase <> 'whole'
        and (
            phases.days is distinct from days_summed.days
            or phases.missing_days is distinct from days_summed.missing_days
            or days_summed.figures_of_missing_days > 0
            or phases.actual is distinct from days_summed.actual
            or (phases.expected is null) is distinct from (days_summed.expected is null)
            -- Each day is rounded to a thousandth.
            or abs(phases.expected - days_summed.expected) > 0.001 * (phases.days + 1)
        )
    union all
    select
        phases.incident_id,
        phases.phase,
        phases.segment,
        'phases' as parts
    from phases
    left join phases_summed
        on
            phases.incident_id = phases_summed.incident_id
            and phases.method = phases_summed.method
            and phases.segment_kind = phases_summed.segment_kind
            and phases.segment = phases_summed.segment
            and phases.recipient = phases_summed.recipient
    where
        phases.phase = 'whole'
        and (
            phases.actual is distinct from phases_summed.actual
            or (phases.expected is null) is distinct from (phases_summed.expected is null)
            or abs(phases.expected - phases_summed.expected) > 0.01
        )

)

select * from final
