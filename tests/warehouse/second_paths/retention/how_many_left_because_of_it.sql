-- The days summed up, without those before the disclosure.
select
    d.incident_id,
    min(d.processed_on) as first_on,
    max(d.processed_on) as last_on,
    sum(d.actual) as actual,
    round(sum(d.expected), 2) as expected,
    round(sum(d.excess)) as excess_lines
from churn.rpt_excess_churn_daily as d
where d.segment_kind = 'total' and d.recipient = 'all' and d.phase is not null
group by all
