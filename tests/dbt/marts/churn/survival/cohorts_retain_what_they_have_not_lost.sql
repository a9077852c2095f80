-- A cohort retains at the end of a month what it retained a month before less what it lost, no
-- month of it is missing, and all cohorts together lose and retain what the daily report says.

with cohorts as (

    select * from {{ ref('rpt_retention_cohorts') }}

),

churn_daily as (

    select * from {{ ref('rpt_churn_daily') }}
    where segment_kind = 'total'

),

first_months as (

    select
        activation_month,
        min(months_since) as months_since
    from cohorts
    group by 1

),

months_that_break as (

    select cohorts.service_month as month
    from cohorts
    inner join first_months
        on cohorts.activation_month = first_months.activation_month
    left join cohorts as months_before
        on
            cohorts.activation_month = months_before.activation_month
            and cohorts.months_since - 1 = months_before.months_since
    where
        cohorts.lines_retained + cohorts.lines_lost is distinct from case
            when cohorts.months_since = first_months.months_since then cohorts.lines_at_start
            else months_before.lines_retained
        end

),

cohorts_by_month as (

    select
        service_month,
        sum(lines_lost) as lines_lost,
        sum(forced_lines_lost) as forced_lines_lost,
        sum(lines_retained) as lines_retained
    from cohorts
    group by 1

),

days_by_month as (

    select
        cast(date_trunc('month', service_date) as date) as service_month,
        sum(deactivations) as lines_lost,
        sum(forced_deactivations) as forced_lines_lost,
        max_by(closing_lines, service_date) as lines_retained
    from churn_daily
    group by 1

),

months_that_differ as (

    select coalesce(cohorts_by_month.service_month, days_by_month.service_month) as month
    from cohorts_by_month
    full outer join days_by_month
        on cohorts_by_month.service_month = days_by_month.service_month
    where
        cohorts_by_month.lines_lost is distinct from days_by_month.lines_lost
        or cohorts_by_month.forced_lines_lost is distinct from days_by_month.forced_lines_lost
        or cohorts_by_month.lines_retained is distinct from days_by_month.lines_retained

),

final as (

    select month from months_that_break
    union all
    select month from months_that_differ

)

select * from final
