-- Grain: one row per (segment_kind, segment, recipient, processed_on).
-- Every day behind the excess, by the baseline. Add up days or the segments of one kind; kinds and
-- recipients overlap with the total. Bounds are those of a day and add up over nothing.

with estimates as (

    select * from {{ ref('int_excess_estimates') }}

),

baseline_days as (

    select * from {{ ref('int_baseline_days') }}

),

incident_days as (

    select * from {{ ref('int_incident_days') }}

),

-- Of two incidents of the operator on one day, the one that came last.
phases as (

    select
        processed_on,
        max_by(incident_id, cast(period_from as varchar) || incident_id) as incident_id,
        max_by(period_kind, cast(period_from as varchar) || incident_id) as phase
    from incident_days
    where is_own_incident
    group by 1

),

final as (

    select
        cast(estimates.segment_kind as varchar) as segment_kind,
        cast(estimates.segment as varchar) as segment,
        cast(estimates.recipient as varchar) as recipient,
        cast(estimates.first_on as date) as processed_on,
        cast(phases.incident_id as varchar) as incident_id,
        cast(phases.phase as varchar) as phase,
        cast(baseline_days.is_quiet as boolean) as is_fit_day,
        cast(estimates.actual as bigint) as actual,
        cast(estimates.expected as decimal(18, 3)) as expected,
        cast(
            case
                when estimates.expected > estimates.half_width
                    then estimates.expected - estimates.half_width
                when estimates.expected <= estimates.half_width then 0
            end as decimal(18, 3)
        ) as expected_low,
        cast(estimates.expected + estimates.half_width as decimal(18, 3)) as expected_high,
        cast(estimates.actual as decimal(18, 3)) - cast(estimates.expected as decimal(18, 3))
            as excess,
        cast(estimates.confidence as decimal(9, 6)) as confidence,
        cast(estimates.fit_days as bigint) as fit_days,
        cast(estimates.baseline_from as date) as baseline_from,
        cast(estimates.baseline_to as date) as baseline_to,
        cast(estimates.verdict as varchar) as verdict
    from estimates
    inner join baseline_days
        on estimates.first_on = baseline_days.processed_on
    left join phases
        on estimates.first_on = phases.processed_on
    where estimates.phase is null

)

select * from final
