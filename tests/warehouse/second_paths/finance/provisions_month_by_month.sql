-- The provision is what is owed and what is still expected; what was used is what was paid; the rest was provided.
with months as (
    select
        programme_id,
        cost_month,
        outstanding_krw_total + u.expected_to_come_krw as closing_krw,
        paid_krw as used_krw
    from (
        select
            *,
            cumulative_incurred_krw - cumulative_paid_krw as outstanding_krw_total
        from compensation.rpt_compensation_cost_monthly
        where row_kind = 'programme'
    )
    inner join compensation.rpt_programme_ultimates as u using (programme_id, cost_month)
    where u.is_provision
)
select
    programme_id,
    cost_month,
    coalesce(lag(closing_krw) over w, 0) as opening_krw,
    closing_krw - coalesce(lag(closing_krw) over w, 0) + used_krw as provided_krw,
    used_krw,
    closing_krw
from months
window w as (partition by programme_id order by cost_month)
