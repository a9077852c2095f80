-- A decision against what the broken rules say, and the money from the books of the line.
select
    d.line_key,
    d.policy_id,
    p.paid_krw,
    p.undue_krw as overpaid_krw,
    greatest(p.payable_krw - p.paid_krw, 0) as underpaid_krw
from compensation.fct_waiver_decisions as d
inner join compensation.fct_refund_positions as p using (line_key)
where d.is_current and (
    (d.operator_decision = 'accepted' and d.broken_rules <> '')
    or (d.operator_decision = 'rejected' and d.claim_status = 'in_time' and d.broken_rules = '')
)
