-- Grain: one row per (fit, feature, feature) that varies on the days of the fit.
-- The weighted cross products of the design, scaled to a diagonal of 1.

with design as (

    select * from {{ ref('int_baseline_design') }}

),

fit_days as (

    select * from {{ ref('int_baseline_fit_days') }}

),

features as (

    select * from {{ ref('ref_baseline_features') }}

),

weighted as (

    select
        design.fit_id,
        design.processed_on,
        design.feature_order,
        design.value,
        design.value * fit_days.weight as weighted_value
    from design
    inner join fit_days
        on
            design.fit_id = fit_days.fit_id
            and design.processed_on = fit_days.processed_on
    where fit_days.weight > 0

),

-- Scaled to length 1: what is small by its unit is not small.
lengths as (

    select
        fit_id,
        feature_order,
        sqrt({{ exact_sum('value * weighted_value', 18) }}) as length
    from weighted
    group by 1, 2
    having sqrt({{ exact_sum('value * weighted_value', 18) }}) > 1e-9

),

cross_products as (

    select
        weighted.fit_id,
        weighted.feature_order as row_order,
        others.feature_order as column_order,
        {{ exact_sum('weighted.weighted_value * others.value', 18) }} as value
    from weighted
    inner join weighted as others
        on
            weighted.fit_id = others.fit_id
            and weighted.processed_on = others.processed_on
    group by 1, 2, 3

),

final as (

    select
        rows_scaled.fit_id,
        rows_scaled.feature_order as row_order,
        columns_scaled.feature_order as column_order,
        coalesce(cross_products.value, 0) / (rows_scaled.length * columns_scaled.length) as value,
        rows_scaled.length * columns_scaled.length as scale,
        greatest(cast(coalesce(features.min_own_share, 0) as double), 1e-7) as min_share
    from lengths as rows_scaled
    inner join features
        on rows_scaled.feature_order = features.feature_order
    inner join lengths as columns_scaled
        on rows_scaled.fit_id = columns_scaled.fit_id
    left join cross_products
        on
            rows_scaled.fit_id = cross_products.fit_id
            and rows_scaled.feature_order = cross_products.row_order
            and columns_scaled.feature_order = cross_products.column_order

)

select * from final
