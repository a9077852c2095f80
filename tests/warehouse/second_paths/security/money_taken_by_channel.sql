-- The payments as the ledger has them; given back is what is owed for the lines whose refunds are as large.
with owed as (
    select source_id, line_key, sum(amount_krw) as krw
    from compensation.fct_compensation_ledger
    where event_kind = 'loss_payable' and account = 'loss_compensation'
    group by all
),
paid as (
    select line_key, sum(amount_krw) as krw
    from compensation.fct_compensation_ledger
    where event_kind = 'refund_paid' and side = 'debit' and source_id like 'loss-%'
    group by all
),
settled as (
    select owed.line_key from owed group by owed.line_key
    having sum(owed.krw) = (select paid.krw from paid where paid.line_key = owed.line_key)
)
select
    payments.incident_id,
    payments.channel,
    count(*) as payments,
    len(list_distinct(list(owed.line_key))) as lines,
    sum(owed.krw) as taken_krw,
    sum(if(settled.line_key is null, 0, owed.krw)) as refunded_krw
from owed
inner join incident.fct_unauthorised_payments as payments
    on owed.source_id = 'loss-' || payments.payment_id
left join settled on owed.line_key = settled.line_key
group by all
