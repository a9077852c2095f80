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

series as (

    select distinct
        segment_kind,
        segment,
        recipient,
        confidence,
        fit_days,
        baseline_from,
        baseline_to,
        verdict
    from estimates
    where phase is null

),

-- A day that was not delivered stands here without a figure: neither absent nor 0.
days_known_and_missing as (

    select
        segment_kind,
        segment,
        recipient,
        first_on as processed_on,
        false as is_missing,
        actual,
        expected,
        half_width,
        confidence,
        fit_days,
        baseline_from,
        baseline_to,
        verdict
    from estimates
    where phase is null
    union all
    select
        series.segment_kind,
        series.segment,
        series.recipient,
        baseline_days.processed_on,
        true as is_missing,
        null as actual,
        null as expected,
        null as half_width,
        series.confidence,
        series.fit_days,
        series.baseline_from,
        series.baseline_to,
        series.verdict
    from series
    cross join baseline_days
    where not baseline_days.is_delivered

),

final as (

    select
        cast(days.segment_kind as string) as segment_kind,
        cast(days.segment as string) as segment,
        cast(days.recipient as string) as recipient,
        cast(days.processed_on as date) as processed_on,
        cast(incident_days.incident_id as string) as incident_id,
        cast(incident_days.period_kind as string) as phase,
        cast(baseline_days.is_quiet as boolean) as is_fit_day,
        cast(days.is_missing as boolean) as is_missing,
        cast(days.actual as bigint) as actual,
        cast(days.expected as decimal(18, 3)) as expected,
        cast(
            case
                when days.expected > days.half_width
                    then days.expected - days.half_width
                when days.expected <= days.half_width then 0
            end as decimal(18, 3)
        ) as expected_low,
        cast(days.expected + days.half_width as decimal(18, 3)) as expected_high,
        cast(
            cast(days.actual as decimal(18, 3)) - cast(days.expected as decimal(18, 3))
            as decimal(18, 3)
        ) as excess,
        cast(days.confidence as decimal(9, 6)) as confidence,
        cast(days.fit_days as bigint) as fit_days,
        cast(days.baseline_from as date) as baseline_from,
        cast(days.baseline_to as date) as baseline_to,
        cast(days.verdict as string) as verdict
    from days_known_and_missing as days
    inner join baseline_days
        on days.processed_on = baseline_days.processed_on
    left join incident_days
        on
            days.processed_on = incident_days.processed_on
            and incident_days.is_own_incident

)

select * from final
