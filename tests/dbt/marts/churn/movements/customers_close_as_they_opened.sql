-- Customers: opening + new + rejoined - churned = closing, and a month opens as the one before
-- closed.

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

)

select * from final
