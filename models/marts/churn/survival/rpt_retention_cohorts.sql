-- Grain: one row per (activation_month, months_since).
-- Lines lost add up over everything; lines at the start and lines retained add up over cohorts
-- within one month of service. Every line on the operator's network is in, hosted brands included.

with cohort_lines as (

    select * from {{ ref('int_line_cohorts_counted') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

cohorts as (

    select
        activation_month,
        sum(lines) as lines_at_start
    from cohort_lines
    group by 1

),

months as (

    select distinct {{ month_of('calendar.calendar_date') }} as service_month
    from calendar
    inner join delivery_facts
        on
            calendar.calendar_date
            between delivery_facts.observed_from and delivery_facts.as_of_date

),

cohort_months as (

    select
        cohorts.activation_month,
        months.service_month,
        {{ dbt.datediff('cohorts.activation_month', 'months.service_month', 'month') }}
            as months_since,
        cohorts.lines_at_start,
        coalesce(cohort_lines.lines, 0) as lines_lost,
        coalesce(cohort_lines.forced_lines, 0) as forced_lines_lost,
        sum(coalesce(cohort_lines.lines, 0)) over (
            partition by cohorts.activation_month
            order by months.service_month asc nulls last
            rows between unbounded preceding and current row
        ) as lines_lost_to_date
    from cohorts
    inner join months
        on cohorts.activation_month <= months.service_month
    left join cohort_lines
        on
            cohorts.activation_month = cohort_lines.activation_month
            and months.service_month = cohort_lines.ended_month

),

final as (

    select
        cast(cohort_months.activation_month as date) as activation_month,
        cast(cohort_months.months_since as bigint) as months_since,
        cast(cohort_months.service_month as date) as service_month,
        cast(cohort_months.activation_month < delivery_facts.observed_from as boolean)
            as is_left_truncated,
        cast(
            cohort_months.service_month >= delivery_facts.observed_from
            and cohort_months.service_month + interval 1 month - interval 1 day
            <= delivery_facts.as_of_date as boolean
        ) as is_complete,
        cast(cohort_months.lines_at_start as bigint) as lines_at_start,
        cast(cohort_months.lines_lost as bigint) as lines_lost,
        cast(cohort_months.forced_lines_lost as bigint) as forced_lines_lost,
        cast(cohort_months.lines_at_start - cohort_months.lines_lost_to_date as bigint)
            as lines_retained,
        cast(
            round(
                cast(cohort_months.lines_at_start - cohort_months.lines_lost_to_date as double)
                / cohort_months.lines_at_start, 8
            ) as decimal(12, 8)
        ) as retention_rate
    from cohort_months
    cross join delivery_facts

)

select * from final
