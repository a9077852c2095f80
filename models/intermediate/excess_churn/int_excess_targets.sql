-- Grain: one row per (fit, target).
-- How uncertain the expected ports of a target are, in units that hold for every series: by the
-- coefficients, by the noise of its own days, and by the months that stray from the fit.

with target_days as (

    select * from {{ ref('int_excess_target_days') }}

),

fit_days as (

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

feature_sums as (

    select
        target_days.fit_id,
        target_days.target_id,
        design.feature_order,
        {{ exact_sum('design.value', 15) }} as value
    from target_days
    inner join design
        on
            target_days.fit_id = design.fit_id
            and target_days.processed_on = design.processed_on
    where design.is_of_baseline
    group by 1, 2, 3

),

leverages as (

    select
        feature_sums.fit_id,
        feature_sums.target_id,
        {{ exact_sum('feature_sums.value * inverse.value * others.value', 18) }} as leverage
    from feature_sums
    inner join inverse
        on
            feature_sums.fit_id = inverse.fit_id
            and feature_sums.feature_order = inverse.row_order
    inner join feature_sums as others
        on
            feature_sums.fit_id = others.fit_id
            and feature_sums.target_id = others.target_id
            and inverse.column_order = others.feature_order
    group by 1, 2

),

-- By how much does a month move the target: through its own days, less through the coefficients?
month_moves as (

    select
        target_days.fit_id,
        target_days.target_id,
        fit_days.month,
        {{ exact_sum('fit_days.usual_ports', 15) }} as move
    from target_days
    inner join fit_days
        on
            target_days.fit_id = fit_days.fit_id
            and target_days.processed_on = fit_days.processed_on
    group by 1, 2, 3
    union all
    select
        feature_sums.fit_id,
        feature_sums.target_id,
        months.month,
        -{{ exact_sum('feature_sums.value * months.shift', 15) }} as move
    from feature_sums
    inner join months
        on
            feature_sums.fit_id = months.fit_id
            and feature_sums.feature_order = months.feature_order
    group by 1, 2, 3

),

months_summed as (

    select fit_id, target_id, month, {{ exact_sum('move', 15) }} as move
    from month_moves
    group by 1, 2, 3

),

drifts as (

    select fit_id, target_id, {{ exact_sum('power(move, 2)', 12) }} as drift
    from months_summed
    group by 1, 2

),

spans as (

    select
        target_days.fit_id,
        target_days.target_id,
        max(target_days.incident_id) as incident_id,
        max(target_days.phase) as phase,
        min(target_days.processed_on) as first_on,
        max(target_days.processed_on) as last_on,
        count(*) as days,
        {{ exact_sum('fit_days.usual_ports', 15) }} as usual_ports
    from target_days
    inner join fit_days
        on
            target_days.fit_id = fit_days.fit_id
            and target_days.processed_on = fit_days.processed_on
    group by 1, 2

),

final as (

    select
        spans.fit_id,
        spans.target_id,
        spans.incident_id,
        spans.phase,
        spans.first_on,
        spans.last_on,
        cast(spans.days as bigint) as days,
        spans.usual_ports,
        leverages.leverage,
        drifts.drift
    from spans
    left join leverages
        on
            spans.fit_id = leverages.fit_id
            and spans.target_id = leverages.target_id
    left join drifts
        on
            spans.fit_id = drifts.fit_id
            and spans.target_id = drifts.target_id

)

select * from final
