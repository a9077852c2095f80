-- Customers: opening + new + rejoined - churned = closing, and a month opens as the one before
-- closed. No month is complete that lacks a day.

with customer_churn as (

    select * from {{ ref('rpt_customer_churn_monthly') }}

),

with_month_before as (

    select
        month,
        opening_customers,
        new_customers,
        rejoined_customers,
        churned_customers,
        forced_churned_customers,
        closing_customers,
        is_complete and missing_days > 0 as is_complete_without_a_day,
        lag(closing_customers) over (order by month asc nulls last) as closing_before
    from customer_churn

),

final as (

    select
        month,
        opening_customers,
        closing_before,
        closing_customers
    from with_month_before
    where
        opening_customers + new_customers + rejoined_customers - churned_customers
        <> closing_customers
        or opening_customers <> coalesce(closing_before, opening_customers)
        or forced_churned_customers > churned_customers
        or is_complete_without_a_day

)

select * from final
