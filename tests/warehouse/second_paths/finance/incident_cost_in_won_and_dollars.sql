-- The lines without the total, and the total summed up from them.
select
    line_order,
    cost_line_name,
    krw,
    low_krw,
    high_krw,
    usd
from compensation.fct_incident_cost_lines
union all
select
    t.line_order,
    t.cost_line_name,
    sum(l.krw),
    t.low_krw,
    t.high_krw,
    sum(l.usd)
from compensation.fct_incident_cost_lines as l
cross join compensation.rpt_incident_cost as t
where l.is_in_total_cost and t.is_total
group by all
