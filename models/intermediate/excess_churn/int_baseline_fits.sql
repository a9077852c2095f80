-- Grain: one row per (fit, series).
-- How well a series is known: on what it was fitted, and how far days and months stray from it.

with fit_days as (

    select * from {{ ref('int_baseline_fit_days') }}

),

spans as (

    select * from {{ ref('int_baseline_spans') }}

),

expected_daily as (

    select * from {{ ref('int_excess_expected_daily') }}

),

terms as (

    select * from {{ ref('int_baseline_terms_known') }}

),

residuals as (

    select
        expected_daily.fit_id,
        expected_daily.segment_kind,
        expected_daily.segment,
        expected_daily.recipient,
        fit_days.month,
        sum(case when fit_days.phase = 'quiet' then expected_daily.ports else 0 end) as fit_ports,
        {{ exact_sum(
            "case when fit_days.phase = 'quiet' then fit_days.weight else 0 end"
            ~ " * power(expected_daily.ports - expected_daily.fitted, 2)",
            15
        ) }} as squares,
        {{ exact_sum(
            'fit_days.weight * fit_days.usual_ports'
            ~ ' * (expected_daily.ports - expected_daily.fitted)',
            15
        ) }} as in_month
    from expected_daily
    inner join fit_days
        on
            expected_daily.fit_id = fit_days.fit_id
            and expected_daily.processed_on = fit_days.processed_on
    group by 1, 2, 3, 4, 5

),

series as (

    select
        fit_id,
        segment_kind,
        segment,
        recipient,
        sum(fit_ports) as fit_ports,
        {{ exact_sum('squares', 15) }} as squares,
        {{ exact_sum('power(in_month, 2)', 12) }} as month_squares
    from residuals
    group by 1, 2, 3, 4

),

scaled as (

    select
        series.fit_id,
        series.segment_kind,
        series.segment,
        series.recipient,
        series.fit_ports,
        series.month_squares,
        spans.fit_days,
        spans.degrees,
        spans.baseline_from,
        spans.baseline_to,
        spans.by_noise,
        spans.by_months,
        cast(series.fit_ports as double) / nullif(totals.fit_ports, 0) as share_of_total,
        -- Never less than chance alone would scatter.
        greatest(
            cast(series.fit_ports as double) / nullif(totals.fit_ports, 0),
            series.squares / greatest(spans.degrees, 1)
        ) as noise
    from series
    inner join series as totals
        on
            series.fit_id = totals.fit_id
            and totals.segment_kind = 'total'
            and totals.recipient = 'all'
    inner join spans
        on series.fit_id = spans.fit_id

),

final as (

    select
        scaled.fit_id,
        scaled.segment_kind,
        scaled.segment,
        scaled.recipient,
        cast(scaled.fit_days as bigint) as fit_days,
        cast(scaled.degrees as bigint) as degrees,
        cast(scaled.fit_ports as bigint) as fit_ports,
        scaled.baseline_from,
        scaled.baseline_to,
        scaled.share_of_total,
        scaled.noise,
        greatest(
            scaled.share_of_total * terms.month_deviation,
            sqrt(greatest(
                0,
                (scaled.month_squares - scaled.noise * scaled.by_noise)
                / nullif(scaled.by_months, 0)
            ))
        ) as month_scale,
        case
            when scaled.fit_days < terms.min_fit_days or scaled.degrees < 1 then 'too_few_fit_days'
            when scaled.fit_ports < terms.min_fit_ports then 'too_few_fit_ports'
            else 'fitted'
        end as verdict
    from scaled
    cross join terms

)

select * from final
