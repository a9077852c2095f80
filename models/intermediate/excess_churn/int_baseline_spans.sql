-- Grain: one row per fit.
-- The quiet days that a fit rests on, and what the design makes of noise and of months.

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
        {{ exact_sum('months.load * others.shift', 15) }} as absorbed
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
        {{ exact_sum(
            'case when month = other_month then size - absorbed else 0 end', 15
        ) }} as by_noise,
        {{ exact_sum(
            'power(case when month = other_month then size else 0 end - absorbed, 2)', 12
        ) }} as by_months
    from months_crossed
    group by 1

),

final as (

    select
        quiet_spans.fit_id,
        cast(quiet_spans.fit_days as bigint) as fit_days,
        cast(quiet_spans.degrees as bigint) as degrees,
        quiet_spans.baseline_from,
        quiet_spans.baseline_to,
        month_shares.by_noise,
        month_shares.by_months
    from quiet_spans
    left join month_shares
        on quiet_spans.fit_id = month_shares.fit_id

)

select * from final
