-- Grain: one row per (fit, series, observed processing day).
-- What would have left on the day without the incident, and what the fit says of it with the
-- incident's own features. Both are empty where no quiet day is known.

with design as (

    select * from {{ ref('int_baseline_design') }}

),

coefficients as (

    select * from {{ ref('int_baseline_coefficients') }}

),

port_outs as (

    select * from {{ ref('int_port_outs_by_series') }}

),

fit_days as (

    select * from {{ ref('int_baseline_fit_days') }}

),

predicted as (

    select
        coefficients.fit_id,
        coefficients.segment_kind,
        coefficients.segment,
        coefficients.recipient,
        design.processed_on,
        {{ exact_sum(
            'case when design.is_of_baseline then design.value else 0 end'
            ~ ' * coefficients.coefficient',
            15
        ) }} as expected,
        {{ exact_sum('design.value * coefficients.coefficient', 15) }} as fitted
    from coefficients
    inner join design
        on
            coefficients.fit_id = design.fit_id
            and coefficients.feature_order = design.feature_order
    group by 1, 2, 3, 4, 5

),

final as (

    select
        fit_days.fit_id,
        port_outs.segment_kind,
        port_outs.segment,
        port_outs.recipient,
        port_outs.processed_on,
        port_outs.ports,
        predicted.expected,
        predicted.fitted
    from fit_days
    inner join port_outs
        on fit_days.processed_on = port_outs.processed_on
    left join predicted
        on
            fit_days.fit_id = predicted.fit_id
            and port_outs.segment_kind = predicted.segment_kind
            and port_outs.segment = predicted.segment
            and port_outs.recipient = predicted.recipient
            and port_outs.processed_on = predicted.processed_on

)

select * from final
