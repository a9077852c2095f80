select
    scenario_id,
    scenario_name,
    cast(sum(case when cost_krw > 0 then lines else 0 end) as bigint) as paid_lines,
    cast(sum(cost_krw) as bigint) as cost_krw,
    cast(sum(delta_krw) as bigint) as more_than_in_force_krw
from {{ ref('rpt_policy_scenarios') }}
where segment_kind = 'total'
group by scenario_id, scenario_name
order by cost_krw desc, scenario_id asc
