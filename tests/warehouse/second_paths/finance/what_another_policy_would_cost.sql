-- By kind of line in place of the total.
select
    scenario_id,
    sum(if(cost_krw > 0, lines, 0)) as paid_lines,
    sum(cost_krw) as cost_krw,
    sum(cost_krw) - (
        select sum(cost_krw) from compensation.rpt_policy_scenarios
        where is_reference and segment_kind = 'line_kind'
    ) as more_than_in_force_krw
from compensation.rpt_policy_scenarios
where segment_kind = 'line_kind'
group by scenario_id
