-- Incurred and paid from the balances of the ledger, the ultimate from the estimates, announced from the register.
with booked as (
    select
        programme_id,
        sum(if(account_side = 'incurred', amount, 0)) as incurred,
        sum(if(account_side = 'paid', amount, 0)) as paid
    from (
        select
            programme_id,
            if(side = 'debit', amount_krw, -amount_krw) as amount,
            case
                when account in ('customer_receivable', 'bank', 'fee_revenue') then null
                when account in ('refund_liability', 'accrued_benefits') then 'owed'
                else 'incurred'
            end as account_side
        from compensation.fct_compensation_ledger
        union all
        select programme_id, if(side = 'credit', amount_krw, -amount_krw), 'paid'
        from compensation.fct_compensation_ledger
        where account in ('bank', 'customer_receivable')
    )
    where programme_id is not null
    group by all
),
programmes as (
    select
        p.programme_id,
        p.package_id,
        any_value(d.announced_krw) as announced,
        coalesce(any_value(booked.incurred), 0) as incurred,
        coalesce(any_value(booked.paid), 0) as paid,
        any_value(u.expected_to_come_krw) as to_come
    from core.dim_programmes as p
    inner join core.dim_programmes as d using (programme_id)
    left join booked using (programme_id)
    left join (
        select * from compensation.rpt_programme_ultimates
        where cost_month = (select max(cost_month) from compensation.rpt_programme_ultimates)
    ) as u using (programme_id)
    group by all
),
listed as (
    select programme_id, announced, incurred, paid, to_come from programmes
    where to_come is not null
    union all
    select
        package_id,
        (select announced from programmes as own where own.programme_id = members.package_id),
        sum(incurred), sum(paid), sum(to_come)
    from programmes as members
    where package_id is not null
    group by package_id
    union all
    select 'all', sum(announced), sum(incurred), sum(paid), sum(to_come) from programmes
)
select
    programme_id,
    announced as announced_krw,
    incurred as cumulative_incurred_krw,
    paid as cumulative_paid_krw,
    incurred - paid as outstanding_krw,
    incurred + to_come as ultimate_krw
from listed
