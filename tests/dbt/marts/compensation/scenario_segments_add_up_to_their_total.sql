-- Each way of dividing the lines of a scenario gives the total of each reason, in lines and in won,
-- deltas included.

with scenarios as (

    select * from {{ ref('rpt_policy_scenarios') }}

),

sums as (

    select
        scenario_id,
        cost_part,
        reason_code,
        segment_kind,
        sum(lines) as line_count,
        sum(charged_krw) as charged_krw,
        sum(cost_krw) as cost_krw,
        sum(expected_cost_krw) as expected_cost_krw,
        sum(delta_lines) as delta_lines,
        sum(delta_krw) as delta_krw
    from scenarios
    group by 1, 2, 3, 4

),

final as (

    select
        totals.scenario_id,
        totals.cost_part,
        totals.reason_code,
        count(*) as segment_kinds
    from sums as totals
    inner join sums as parts
        on
            totals.scenario_id = parts.scenario_id
            and totals.cost_part = parts.cost_part
            and totals.reason_code = parts.reason_code
            and totals.line_count = parts.line_count
            and totals.charged_krw = parts.charged_krw
            and totals.cost_krw = parts.cost_krw
            and totals.expected_cost_krw = parts.expected_cost_krw
            and totals.delta_lines = parts.delta_lines
            and totals.delta_krw = parts.delta_krw
    where totals.segment_kind = 'total'
    group by 1, 2, 3
    having count(*) != 5

)

select * from final
