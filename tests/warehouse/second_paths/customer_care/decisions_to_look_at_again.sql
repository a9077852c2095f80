-- A decision against what the broken rules say, and the money from the accounts of the line and its programme.
with booked as (
    select
        line_key,
        if(programme_id = 'victim_fee_waiver', 'victim_package', programme_id) as policy_id,
        sum(krw) filter (event_kind in ('refund_paid', 'refund_returned')) as paid,
        sum(-krw) filter (event_kind = 'refund_payable') as payable,
        sum(-krw) filter (event_kind = 'refund_undue') as undue
    from (
        select *, if(side = 'debit', amount_krw, -amount_krw) as krw
        from compensation.fct_compensation_ledger
        where account = 'refund_liability'
    )
    group by all
)
select
    d.line_key,
    d.policy_id,
    coalesce(b.paid, 0) as paid_krw,
    coalesce(b.undue, 0) as overpaid_krw,
    greatest(coalesce(b.payable, 0) + coalesce(b.undue, 0) - coalesce(b.paid, 0), 0)
        as underpaid_krw
from compensation.fct_waiver_decisions as d
left join booked as b using (line_key, policy_id)
where d.is_current and (
    (d.operator_decision = 'accepted' and d.broken_rules <> '')
    or (d.operator_decision = 'rejected' and d.claim_status = 'in_time' and d.broken_rules = '')
)
order by overpaid_krw + underpaid_krw desc, d.line_key
limit 100
