-- Sums from the cost of the incident spread over its years, shares from the last week of access.
with access as (
    select
        sum(verified_attempts) / sum(attempts) as verified,
        sum(monitored_attempts) / sum(attempts) as monitored
    from incident.rpt_access_monitoring_daily
    where attempt_date > (select as_of_date from core.published_generation) - interval 7 day
),
promised as (
    select sum(announced_krw) as krw from compensation.rpt_incident_cost
    where cost_line = 'security_investment'
)
select
    c.due,
    c.due < g.as_of_date as is_overdue,
    if(c.plan_year is not null, promised.krw / count(c.plan_year) over (), null) as planned_krw,
    if(c.category in ('access_verification', 'access_monitoring'), 1, null) as target_share,
    cast(round(case c.category
        when 'access_verification' then access.verified
        when 'access_monitoring' then access.monitored
    end, 6) as decimal(9, 6)) as measured_share
from incident.fct_commitments as c
cross join core.published_generation as g
cross join access
cross join promised
