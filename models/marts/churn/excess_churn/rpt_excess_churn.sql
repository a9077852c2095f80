-- Grain: one row per (incident_id, method, phase, segment_kind, segment, recipient).
-- How many lines left because of the incident, between how many and how many. Phases add up to
-- `whole` but for rounding, the segments of one kind to the total; methods are two answers to one
-- question, and bounds add up over nothing.

with estimates as (

    select * from {{ ref('int_excess_estimates') }}

),

fit_days as (

    select * from {{ ref('int_baseline_fit_days') }}

),

incident_days as (

    select * from {{ ref('int_incident_days') }}

),

baseline_days as (

    select * from {{ ref('int_baseline_days') }}

),

methods as (

    select distinct fit_id, method
    from fit_days

),

days_missing as (

    select
        incident_days.incident_id,
        incident_days.period_kind as phase
    from incident_days
    inner join baseline_days
        on incident_days.processed_on = baseline_days.processed_on
    where not baseline_days.is_delivered

),

missing_by_phase as (

    select incident_id, phase, count(*) as missing_days
    from days_missing
    group by 1, 2
    union all
    select incident_id, 'whole' as phase, count(*) as missing_days
    from days_missing
    group by 1, 2

),

final as (

    select
        cast(estimates.incident_id as string) as incident_id,
        cast(methods.method as string) as method,
        cast(estimates.phase as string) as phase,
        cast(estimates.segment_kind as string) as segment_kind,
        cast(estimates.segment as string) as segment,
        cast(estimates.recipient as string) as recipient,
        cast(
            methods.method = 'baseline'
            and estimates.phase = 'whole'
            and estimates.segment_kind = 'total'
            and estimates.recipient = 'all' as boolean
        ) as is_headline,
        cast(estimates.first_on as date) as first_on,
        cast(estimates.last_on as date) as last_on,
        cast(estimates.days as bigint) as days,
        cast(coalesce(missing_by_phase.missing_days, 0) as bigint) as missing_days,
        cast(estimates.actual as bigint) as actual,
        cast(estimates.expected as decimal(18, 3)) as expected,
        cast(round(estimates.actual - estimates.expected) as bigint) as excess_lines,
        cast(round(estimates.actual - estimates.expected - estimates.half_width) as bigint)
            as excess_lines_low,
        -- Not more than left, unless less than none is expected.
        cast(
            round(
                estimates.actual
                - case
                    when estimates.expected - estimates.half_width >= least(0, estimates.expected)
                        then estimates.expected - estimates.half_width
                    when estimates.half_width is not null then least(0, estimates.expected)
                end
            ) as bigint
        ) as excess_lines_high,
        cast(estimates.confidence as decimal(9, 6)) as confidence,
        cast(estimates.dispersion as decimal(18, 6)) as dispersion,
        cast(estimates.month_deviation as decimal(18, 6)) as month_deviation,
        cast(estimates.fit_days as bigint) as fit_days,
        cast(estimates.baseline_from as date) as baseline_from,
        cast(estimates.baseline_to as date) as baseline_to,
        cast(estimates.verdict as string) as verdict
    from estimates
    inner join methods
        on estimates.fit_id = methods.fit_id
    left join missing_by_phase
        on
            estimates.incident_id = missing_by_phase.incident_id
            and estimates.phase = missing_by_phase.phase
    where estimates.phase is not null

)

select * from final
