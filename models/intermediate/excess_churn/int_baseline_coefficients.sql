-- Grain: one row per (fit, series, feature).
-- How many ports of a series a unit of a feature brings.

with design as (

    select * from {{ ref('int_baseline_design') }}

),

fit_days as (

    select * from {{ ref('int_baseline_fit_days') }}

),

inverse as (

    select * from {{ ref('int_baseline_inverse') }}

),

port_outs as (

    select * from {{ ref('int_port_outs_by_series') }}

),

moments as (

    select
        fit_days.fit_id,
        port_outs.segment_kind,
        port_outs.segment,
        port_outs.recipient,
        design.feature_order,
        {{ exact_sum('fit_days.weight * design.value * port_outs.ports', 15) }} as value
    from fit_days
    inner join design
        on
            fit_days.fit_id = design.fit_id
            and fit_days.processed_on = design.processed_on
    inner join port_outs
        on fit_days.processed_on = port_outs.processed_on
    where fit_days.weight > 0
    group by 1, 2, 3, 4, 5

),

final as (

    select
        moments.fit_id,
        moments.segment_kind,
        moments.segment,
        moments.recipient,
        inverse.row_order as feature_order,
        {{ exact_sum('inverse.value * moments.value', 18) }} as coefficient
    from inverse
    inner join moments
        on
            inverse.fit_id = moments.fit_id
            and inverse.column_order = moments.feature_order
    group by 1, 2, 3, 4, 5

)

select * from final
