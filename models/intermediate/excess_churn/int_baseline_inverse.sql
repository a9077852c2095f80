-- Grain: one row per (fit, feature, feature), the inverse of the weighted cross products.
-- Features that others explain are left out. The same for all series, since weights are.

with cross_products as (

    select * from {{ ref('int_baseline_cross_products') }}

),

{{ swept('cross_products', 16) }}

final as (

    select
        swept.fit_id,
        swept.row_order,
        swept.column_order,
        -swept.value / cross_products.scale as value
    from swept
    inner join cross_products
        on
            swept.fit_id = cross_products.fit_id
            and swept.row_order = cross_products.row_order
            and swept.column_order = cross_products.column_order
    where swept.value <> 0

)

select * from final
