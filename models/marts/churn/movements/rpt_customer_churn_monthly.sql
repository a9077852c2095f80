-- Grain: one row per (month).
-- Customers, not lines: one is in service with at least one line and churns with the last. Rates
-- cannot be added; take the counts and divide again.

with customer_spells as (

    select * from {{ ref('int_customer_spells') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

line_days as (

    select * from {{ ref('int_line_days') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

changes as (

    select
        started_on as changed_on,
        count(*) as arrivals,
        count(*) filter (where is_rejoin) as rejoined,
        0 as churned,
        0 as forced
    from customer_spells
    group by 1
    union all
    select
        ended_on as changed_on,
        0 as arrivals,
        0 as rejoined,
        count(*) as churned,
        count(*) filter (where is_forced) as forced
    from customer_spells
    where ended_on is not null
    group by 1

),

changes_by_day as (

    select
        changed_on,
        sum(arrivals) as arrivals,
        sum(rejoined) as rejoined,
        sum(churned) as churned,
        sum(forced) as forced
    from changes
    group by 1

),

-- The day of the opening delivery carries the stock and is dropped again below.
running as (

    select
        calendar.calendar_date,
        coalesce(changes_by_day.arrivals, 0) as arrivals,
        coalesce(changes_by_day.rejoined, 0) as rejoined,
        coalesce(changes_by_day.churned, 0) as churned,
        coalesce(changes_by_day.forced, 0) as forced,
        sum(coalesce(changes_by_day.arrivals, 0) - coalesce(changes_by_day.churned, 0)) over (
            order by calendar.calendar_date asc nulls last
            rows between unbounded preceding and current row
        ) as closing_customers
    from calendar
    inner join delivery_facts
        on calendar.calendar_date between delivery_facts.opening_on and delivery_facts.as_of_date
    left join changes_by_day
        on calendar.calendar_date = changes_by_day.changed_on

),

by_month as (

    select
        {{ month_of('running.calendar_date') }} as month,
        count(*) as days_observed,
        sum(case when line_days.is_feed_missing then 1 else 0 end) as missing_days,
        min_by(
            running.closing_customers - running.arrivals + running.churned, running.calendar_date
        ) as opening_customers,
        max_by(running.closing_customers, running.calendar_date) as closing_customers,
        max(
            case
                when extract(day from running.calendar_date) = 15 then running.closing_customers
            end
        ) as mid_customers,
        sum(running.arrivals - running.rejoined) as new_customers,
        sum(running.rejoined) as rejoined_customers,
        sum(running.churned) as churned_customers,
        sum(running.forced) as forced_churned_customers
    from running
    inner join line_days
        on running.calendar_date = line_days.service_date
    group by 1

),

final as (

    select
        cast(month as date) as month,
        cast(days_observed as bigint) as days_observed,
        cast(
            missing_days = 0
            and days_observed
            = extract(day from cast(month + interval 1 month - interval 1 day as date)) as boolean
        ) as is_complete,
        cast(missing_days as bigint) as missing_days,
        cast(opening_customers as bigint) as opening_customers,
        cast(closing_customers as bigint) as closing_customers,
        cast((opening_customers + closing_customers) / 2.0 as decimal(18, 1)) as average_customers,
        cast(new_customers as bigint) as new_customers,
        cast(rejoined_customers as bigint) as rejoined_customers,
        cast(churned_customers as bigint) as churned_customers,
        cast(forced_churned_customers as bigint) as forced_churned_customers,
        cast(churned_customers - forced_churned_customers as bigint) as unforced_churned_customers,
        {{ churn_rate_of('churned_customers', '(opening_customers + closing_customers) / 2.0') }}
            as customer_churn_rate,
        {{ churn_rate_of(
            'churned_customers - forced_churned_customers',
            '(opening_customers + closing_customers) / 2.0'
        ) }} as customer_churn_rate_unforced,
        {{ churn_rate_of('churned_customers', 'opening_customers') }}
            as customer_churn_rate_opening_base,
        {{ churn_rate_of('churned_customers', 'mid_customers') }} as customer_churn_rate_mid_base,
        {{ churn_rate_of('churned_customers - forced_churned_customers', 'opening_customers') }}
            as customer_churn_rate_unforced_opening_base,
        {{ churn_rate_of('churned_customers - forced_churned_customers', 'mid_customers') }}
            as customer_churn_rate_unforced_mid_base
    from by_month

)

select * from final
