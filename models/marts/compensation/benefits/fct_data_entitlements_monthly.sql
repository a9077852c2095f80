-- Grain: one row per (data programme, entitled line, month of the grant). A view over other marts:
-- stored, the months would be tens of millions of rows that two days say as well.

{{ config(materialized='view', meta={'rows_kept_by': 'line_key'}) }}

with entitlements as (

    select * from {{ ref('fct_data_entitlements') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

months as (

    select date as benefit_month
    from dates
    where date = date_trunc('month', date)

),

-- Each line is held against two dozen months one by one: joined by order, millions of lines would
-- be sorted first.
final as (

    select
        cast(entitlements.programme_id as string) as programme_id,
        cast(entitlements.line_key as bigint) as line_key,
        cast(months.benefit_month as date) as benefit_month,
        cast(entitlements.is_gaining as boolean) as is_gaining
    from entitlements
    cross join months
    where
        entitlements.is_entitled
        and coalesce(
            months.benefit_month between entitlements.first_month and entitlements.last_month, false
        )

)

select * from final
