-- Grain: one row per (programme known at the as-of date, month of the calendar begun by then).
-- With what had been announced for the programme by the end of the month, or by the as-of date.

with programmes as (

    select * from {{ ref('int_programmes_known') }}

),

programme_versions as (

    select * from {{ ref('ref_programmes') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

months_begun as (

    select
        cast(date_trunc('month', calendar.calendar_date) as date) as cost_month,
        max(calendar.calendar_date) as known_until
    from calendar
    cross join delivery_facts
    where calendar.calendar_date <= delivery_facts.as_of_date
    group by 1

),

values_announced as (

    select
        programme_versions.programme_id,
        months_begun.cost_month,
        programme_versions.announced_krw,
        row_number() over (
            partition by programme_versions.programme_id, months_begun.cost_month
            order by programme_versions.known_from desc nulls last
        ) as recency
    from programme_versions
    inner join months_begun
        on programme_versions.known_from <= months_begun.known_until

),

final as (

    select
        programmes.programme_id,
        months_begun.cost_month,
        programmes.kind,
        programmes.package_id,
        programmes.treatment_code,
        months_begun.cost_month >= cast(date_trunc('month', programmes.announced_on) as date)
            as is_announced,
        values_announced.announced_krw
    from programmes
    cross join months_begun
    left join values_announced
        on
            programmes.programme_id = values_announced.programme_id
            and months_begun.cost_month = values_announced.cost_month
            and values_announced.recency = 1

)

select * from final
