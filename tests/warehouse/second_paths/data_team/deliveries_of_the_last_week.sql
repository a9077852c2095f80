-- What was announced, and what is missing from it; held rows from the list of them.
with week as (
    select * from reconciliation.rpt_batch_conservation
    where batch_date > (
        select max(batch_date) from reconciliation.rpt_batch_conservation
    ) - interval 7 day
)
select
    entity,
    sum(announced_rows) as delivered,
    sum(accepted) as accepted,
    sum(announced_rows) - sum(accepted) - any_value(held) as replaced_or_double,
    any_value(held) as quarantined
from (
    select week.*, (
        select count(*) from reconciliation.fct_quarantined_rows as q
        where q.is_quarantined and q.entity = week.entity
            and q.batch_date in (select batch_date from week)
    ) as held
    from week
)
group by all
