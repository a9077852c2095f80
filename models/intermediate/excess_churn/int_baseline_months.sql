-- Grain: one row per (fit, month with a day of the fit, feature).
-- What a common deviation of a month does to a fit: a month that brings one percent more or less
-- than its days let expect moves each coefficient, and so does each other month.

with design as (

    select * from {{ ref('int_baseline_design') }}

),

fit_days as (

    select * from {{ ref('int_baseline_fit_days') }}

),

inverse as (

    select * from {{ ref('int_baseline_inverse') }}

),

sizes as (

    select
        fit_id,
        month,
        {{ exact_sum('weight * usual_ports * usual_ports', 15) }} as size
    from fit_days
    group by 1, 2

),

-- The month as the fit's features see it.
loads as (

    select
        fit_days.fit_id,
        fit_days.month,
        design.feature_order,
        {{ exact_sum('fit_days.weight * fit_days.usual_ports * design.value', 15) }} as load
    from fit_days
    inner join design
        on
            fit_days.fit_id = design.fit_id
            and fit_days.processed_on = design.processed_on
    where fit_days.weight > 0
    group by 1, 2, 3

),

final as (

    select
        loads.fit_id,
        loads.month,
        inverse.row_order as feature_order,
        max(sizes.size) as size,
        {{ exact_sum(
            'case when loads.feature_order = inverse.row_order then loads.load else 0 end', 15
        ) }} as load,
        {{ exact_sum('inverse.value * loads.load', 18) }} as shift
    from loads
    inner join inverse
        on
            loads.fit_id = inverse.fit_id
            and loads.feature_order = inverse.column_order
    inner join sizes
        on
            loads.fit_id = sizes.fit_id
            and loads.month = sizes.month
    group by 1, 2, 3

)

select * from final
