-- All classes of a unit are the same number in every month; who was in service at the end of a
-- month is retained or churned in the next one; and the stock is that of the churn reports.

with movements as (

    select * from {{ ref('rpt_movements_monthly') }}

),

churn_monthly as (

    select * from {{ ref('rpt_churn_monthly') }}
    where segment_kind = 'total'

),

customer_churn as (

    select * from {{ ref('rpt_customer_churn_monthly') }}

),

by_month as (

    select
        month,
        counted_unit,
        sum(units) as everybody,
        sum(case when movement_class in ('new', 'rejoined', 'retained') then units else 0 end)
            as in_service,
        sum(case when movement_class in ('retained', 'churned') then units else 0 end)
            as in_service_before,
        sum(case when movement_class = 'unknown' then units else 0 end) as unknown
    from movements
    group by 1, 2

),

with_month_before as (

    select
        month,
        counted_unit,
        everybody,
        in_service,
        in_service_before,
        unknown,
        lag(in_service) over (
            partition by counted_unit order by month asc nulls last
        ) as in_service_then,
        lag(unknown) over (
            partition by counted_unit order by month asc nulls last
        ) as unknown_then,
        min(everybody) over (partition by counted_unit) as everybody_always
    from by_month

),

stocks as (

    select
        month,
        'line' as counted_unit,
        opening_lines as opening_units,
        closing_lines as closing_units
    from churn_monthly
    union all
    select
        month,
        'customer' as counted_unit,
        opening_customers as opening_units,
        closing_customers as closing_units
    from customer_churn

),

-- The deliveries may begin within a month: its stock at the start is then not that of its eve.
final as (

    select
        with_month_before.month,
        with_month_before.counted_unit
    from with_month_before
    left join stocks
        on
            with_month_before.month = stocks.month
            and with_month_before.counted_unit = stocks.counted_unit
    where
        with_month_before.everybody <> with_month_before.everybody_always
        or (
            with_month_before.unknown_then is not null
            and (
                with_month_before.unknown <> 0
                or with_month_before.in_service is distinct from stocks.closing_units
                or with_month_before.in_service_before is distinct from stocks.opening_units
                or (
                    with_month_before.unknown_then = 0
                    and with_month_before.in_service_before
                    <> with_month_before.in_service_then
                )
            )
        )

)

select * from final
