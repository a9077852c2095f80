-- The accounts of the line in the ledger.
select
    line_key,
    sum(if(event_kind = 'fee_charged' and side = 'debit', amount_krw, 0)) as charged_krw,
    sum(if(event_kind = 'fee_collected' and side = 'debit', amount_krw, 0)) as collected_krw,
    sum(if(account = 'refund_liability' and event_kind not in ('refund_paid', 'refund_returned'),
        if(side = 'credit', amount_krw, -amount_krw), 0)) as payable_krw,
    sum(if(account = 'refund_liability' and event_kind in ('refund_paid', 'refund_returned'),
        if(side = 'debit', amount_krw, -amount_krw), 0)) as paid_krw,
    sum(if(account = 'refund_liability', if(side = 'credit', amount_krw, -amount_krw), 0))
        as outstanding_krw
from compensation.fct_compensation_ledger
where line_key is not null
group by line_key
having outstanding_krw > 0
order by outstanding_krw desc, line_key
limit 100
