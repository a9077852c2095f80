-- The rows themselves.
select
    reason_code,
    count(*) as held_rows,
    sum(held_krw) as held_krw,
    count(*) filter (is_overdue) as overdue_rows,
    min(batch_date) as oldest_on
from reconciliation.fct_quarantined_rows
where state = 'held'
group by all
