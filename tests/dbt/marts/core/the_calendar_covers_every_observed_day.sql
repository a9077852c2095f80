-- A day that the deliveries observe and the calendar lacks would drop out of every daily report.

with delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

days_covered as (

    select count(*) as days_covered
    from dates
    where is_observed

),

final as (

    select
        days_covered.days_covered,
        {{ dbt.datediff('delivery_facts.observed_from', 'delivery_facts.as_of_date', 'day') }} + 1
            as days_observed
    from delivery_facts
    cross join days_covered
    where
        days_covered.days_covered - 1
        <> {{ dbt.datediff('delivery_facts.observed_from', 'delivery_facts.as_of_date', 'day') }}

)

select * from final
