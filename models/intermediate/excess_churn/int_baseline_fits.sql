-- Grain: one row per (fit, series).
-- How well a series is known: on what it was fitted, and how far days and months stray from the fit.

with fit_days as (

    select * from {{ ref('int_baseline_fit_days') }}

),

design as (

    select * from {{ ref('int_baseline_design') }}

),

inverse as (

    select * from {{ ref('int_baseline_inverse') }}

),

months as (

    select * from {{ ref('int_baseline_months') }}

),

expected_daily as (

    select * from {{ ref('int_excess_expected_daily') }}

),

terms as (

    select * from {{ ref('int_baseline_terms_known') }}

),

features_on_quiet_days as (

    select
        design.fit_id,
        count(distinct design.feature_order) as features
    from design
    inner join fit_days
        on
            design.fit_id = fit_days.fit_id
            and design.processed_on = fit_days.processed_on
    inner join inverse
        on
            design.fit_id = inverse.fit_id
            and design.feature_order = inverse.row_order
            and design.feature_order = inverse.column_order
    where fit_days.phase = 'quiet'
    group by 1

),

quiet_spans as (

    select
        fit_days.fit_id,
        count(case when fit_days.phase = 'quiet' then 1 end) as fit_days,
        count(case when fit_days.phase = 'quiet' then 1 end)
        - coalesce(max(features_on_quiet_days.features), 0) as degrees,
        min(case when fit_days.phase = 'quiet' then fit_days.processed_on end) as baseline_from,
        max(case when fit_days.phase = 'quiet' then fit_days.processed_on end) as baseline_to
    from fit_days
    left join features_on_quiet_days
        on fit_days.fit_id = features_on_quiet_days.fit_id
    group by 1

),

-- What would sums of months' residuals be by the noise of days alone, and how do they grow with the
-- variance of months? Both follow from the design.
months_crossed as (

    select
        months.fit_id,
        months.month,
        others.month as other_month,
        max(months.size) as size,
        sum(months.load * others.shift) as absorbed
    from months
    inner join months as others
        on
            months.fit_id = others.fit_id
            and months.feature_order = others.feature_order
    group by 1, 2, 3

),

month_shares as (

    select
        fit_id,
        sum(case when month = other_month then size - absorbed else 0 end) as by_noise,
        sum(power(case when month = other_month then size else 0 end - absorbed, 2)) as by_months
    from months_crossed
    group by 1

),

residuals as (

    select
        expected_daily.fit_id,
        expected_daily.segment_kind,
        expected_daily.segment,
        expected_daily.recipient,
        fit_days.month,
        sum(case when fit_days.phase = 'quiet' then expected_daily.ports else 0 end) as fit_ports,
        sum(
            case when fit_days.phase = 'quiet' then fit_days.weight else 0 end
            * power(expected_daily.ports - expected_daily.fitted, 2)
        ) as squares,
        sum(
            fit_days.weight * fit_days.usual_ports
            * (expected_daily.ports - expected_daily.fitted)
        ) as in_month
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
        sum(squares) as squares,
        sum(power(in_month, 2)) as month_squares
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
        quiet_spans.fit_days,
        quiet_spans.degrees,
        quiet_spans.baseline_from,
        quiet_spans.baseline_to,
        cast(series.fit_ports as double) / nullif(totals.fit_ports, 0) as share_of_total,
        -- Never less than chance alone would scatter.
        greatest(
            cast(series.fit_ports as double) / nullif(totals.fit_ports, 0),
            series.squares / greatest(quiet_spans.degrees, 1)
        ) as noise
    from series
    inner join series as totals
        on
            series.fit_id = totals.fit_id
            and totals.segment_kind = 'total'
            and totals.recipient = 'all'
    inner join quiet_spans
        on series.fit_id = quiet_spans.fit_id

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
                (scaled.month_squares - scaled.noise * month_shares.by_noise)
                / nullif(month_shares.by_months, 0)
            ))
        ) as month_scale,
        case
            when scaled.fit_days < terms.min_fit_days or scaled.degrees < 1 then 'too_few_fit_days'
            when scaled.fit_ports < terms.min_fit_ports then 'too_few_fit_ports'
            else 'fitted'
        end as verdict
    from scaled
    left join month_shares
        on scaled.fit_id = month_shares.fit_id
    cross join terms

)

select * from final
