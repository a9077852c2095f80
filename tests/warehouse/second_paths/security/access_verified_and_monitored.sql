-- The daily shares, weighted with the attempts of their day.
select
    business_domain,
    month,
    sum(d.attempts) as attempts,
    round(sum(d.verified_share * d.attempts) / sum(d.attempts), 4) as verified_share,
    round(sum(d.monitored_share * d.attempts) / sum(d.attempts), 4) as monitored_share
from incident.rpt_access_monitoring_daily as d
inner join core.dim_dates as t on d.attempt_date = t.date
group by all
