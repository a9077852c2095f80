-- The payments as the ledger has them: what was owed for them and what was paid.
with booked as (
    select
        event_kind,
        line_key,
        sum(if(side = 'debit', amount_krw, -amount_krw)) as krw,
        count(distinct source_id) as documents
    from compensation.fct_compensation_ledger
    where
        (event_kind = 'loss_payable' and account = 'loss_compensation')
        or (
            event_kind = 'refund_paid' and account = 'refund_liability'
            and source_id like 'loss-%'
        )
    group by all
),
channels as (
    select distinct incident_id, channel, line_key from incident.fct_unauthorised_payments
    where status = 'confirmed'
)
select
    incident_id,
    channel,
    sum(documents) filter (event_kind = 'loss_payable') as payments,
    count(distinct line_key) as lines,
    sum(krw) filter (event_kind = 'loss_payable') as taken_krw,
    sum(krw) filter (event_kind = 'refund_paid') as refunded_krw
from channels
inner join booked using (line_key)
group by all
