-- What the exports say was paid is what the report says was paid: refunds of fees and of losses,
-- once each.

with costs as (

    select * from {{ ref('rpt_compensation_cost_monthly') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

refund_payments as (

    select * from {{ ref('stg_operator__refund_payments') }}

),

unauthorised_payments as (

    select * from {{ ref('int_unauthorised_payments') }}

),

reported as (

    select
        programmes.kind,
        sum(costs.paid_krw) as paid_krw
    from costs
    inner join programmes
        on costs.programme_id = programmes.programme_id
    where programmes.kind in ('fee_waiver', 'loss_refund')
    group by 1

),

delivered as (

    select 'fee_waiver' as kind, coalesce(sum(amount_krw), 0) as paid_krw
    from refund_payments
    where status = 'paid'
    union all
    select 'loss_refund' as kind, coalesce(sum(refunded_krw), 0) as paid_krw
    from unauthorised_payments

),

final as (

    select
        reported.kind,
        reported.paid_krw as reported_krw,
        delivered.paid_krw as delivered_krw
    from reported
    inner join delivered
        on reported.kind = delivered.kind
    where reported.paid_krw != delivered.paid_krw

)

select * from final
