-- Grain: one row per (fit, target, series).
-- Actual and expected ports of a target with the half width of the interval. Nothing is said where
-- too few quiet days are known, and no interval where too few ports are.

with targets as (

    select * from {{ ref('int_excess_targets') }}

),

target_days as (

    select * from {{ ref('int_excess_target_days') }}

),

expected_daily as (

    select * from {{ ref('int_excess_expected_daily') }}

),

fits as (

    select * from {{ ref('int_baseline_fits') }}

),

terms as (

    select * from {{ ref('int_baseline_terms_known') }}

),

summed as (

    select
        target_days.fit_id,
        target_days.target_id,
        expected_daily.segment_kind,
        expected_daily.segment,
        expected_daily.recipient,
        sum(expected_daily.ports) as actual,
        {{ exact_sum('expected_daily.expected', 15) }} as expected
    from target_days
    inner join expected_daily
        on
            target_days.fit_id = expected_daily.fit_id
            and target_days.processed_on = expected_daily.processed_on
    group by 1, 2, 3, 4, 5

),

final as (

    select
        summed.fit_id,
        summed.target_id,
        targets.incident_id,
        targets.phase,
        targets.first_on,
        targets.last_on,
        targets.days,
        summed.segment_kind,
        summed.segment,
        summed.recipient,
        cast(summed.actual as bigint) as actual,
        case when fits.verdict <> 'too_few_fit_days' then summed.expected end as expected,
        case
            when fits.verdict = 'fitted'
                then
                    {{ students_quantile('terms.normal_quantile', 'cast(fits.degrees as double)') }}
                    * sqrt(
                        fits.noise * (targets.leverage + targets.usual_ports)
                        + power(fits.month_scale, 2) * targets.drift
                    )
        end as half_width,
        fits.fit_days,
        fits.baseline_from,
        fits.baseline_to,
        fits.noise / nullif(fits.share_of_total, 0) as dispersion,
        fits.month_scale / nullif(fits.share_of_total, 0) as month_deviation,
        terms.confidence,
        fits.verdict
    from summed
    inner join targets
        on
            summed.fit_id = targets.fit_id
            and summed.target_id = targets.target_id
    inner join fits
        on
            summed.fit_id = fits.fit_id
            and summed.segment_kind = fits.segment_kind
            and summed.segment = fits.segment
            and summed.recipient = fits.recipient
    cross join terms

)

select * from final
