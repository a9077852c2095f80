-- What is to be booked for a programme and month is what fct_benefit_utilisation has, to the won,
-- once the month has ended: breakage taken off, late knowledge added.

with benefit_costs as (

    select * from {{ ref('int_benefit_costs') }}

),

utilisation as (

    select * from {{ ref('fct_benefit_utilisation') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

booked as (

    select
        programme_id,
        benefit_month,
        sum(
            case when event_kind = 'benefit_breakage' then -amount_krw else amount_krw end
        ) as booked_krw
    from benefit_costs
    group by 1, 2

),

used as (

    select
        programme_id,
        benefit_month,
        sum(cost_krw) as used_krw
    from utilisation
    group by 1, 2

),

final as (

    select
        coalesce(booked.programme_id, used.programme_id) as programme_id,
        coalesce(booked.benefit_month, used.benefit_month) as benefit_month,
        coalesce(booked.booked_krw, 0) as booked_krw,
        coalesce(used.used_krw, 0) as used_krw
    from booked
    full outer join used
        on
            booked.programme_id = used.programme_id
            and booked.benefit_month = used.benefit_month
    cross join delivery_facts
    where
        coalesce(booked.booked_krw, 0) != coalesce(used.used_krw, 0)
        and cast(
            coalesce(booked.benefit_month, used.benefit_month)
            + interval 1 month - interval 1 day as date
        ) <= delivery_facts.as_of_date

)

select * from final
