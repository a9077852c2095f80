with scenarios as (

    select * from {{ ref('rpt_policy_scenarios') }}

)

select
    policy_id,
    scenario_id,
    scenario_name,
    is_reference,
    cast(
        sum(case when reason_code = 'eligible' then lines else 0 end) as bigint
    ) as eligible_lines,
    cast(sum(cost_krw) as bigint) as cost_krw,
    cast(sum(expected_cost_krw) as bigint) as expected_cost_krw,
    cast(sum(delta_expected_krw) as bigint) as delta_expected_krw
from scenarios
where segment_kind = 'total'
group by policy_id, scenario_id, scenario_name, is_reference
order by policy_id asc, expected_cost_krw desc, scenario_id asc
