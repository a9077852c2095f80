-- Grain: one row per (scenario, part of its cost, kind of segment, segment, reason).
-- Every kind of segment adds up to the same lines and won, so filter on one segment_kind before
-- adding up. The two parts speak of different lines: those whose service has ended and those in
-- service. Nothing here is owed to anybody: no other mart reads this one.

with scenarios as (

    select * from {{ ref('int_scenario_terms') }}

),

fee_outcomes as (

    select * from {{ ref('int_scenario_fee_outcomes') }}

),

credit_outcomes as (

    select * from {{ ref('int_scenario_credit_outcomes') }}

),

-- A credit is given without a claim, so that all of it is expected.
outcomes as (

    select
        scenario_id,
        'termination_fees' as cost_part,
        reason_code,
        brand_class,
        line_kind,
        contract_kind,
        age_band,
        line_count,
        charged_krw,
        cost_krw,
        expected_cost_krw
    from fee_outcomes
    union all
    select
        scenario_id,
        'bill_credit' as cost_part,
        reason_code,
        brand_class,
        line_kind,
        'in_service' as contract_kind,
        age_band,
        line_count,
        charged_krw,
        cost_krw,
        cost_krw as expected_cost_krw
    from credit_outcomes

),

{% set segment_kinds = ['total', 'brand_class', 'line_kind', 'contract_kind', 'age_band'] -%}
segments as (

    {% for kind in segment_kinds -%}
    select
        scenario_id,
        cost_part,
        '{{ kind }}' as segment_kind,
        {{ "'all'" if kind == 'total' else kind }} as segment,
        reason_code,
        sum(line_count) as line_count,
        sum(charged_krw) as charged_krw,
        sum(cost_krw) as cost_krw,
        sum(expected_cost_krw) as expected_cost_krw
    from outcomes
    group by 1, 2, 4, 5
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- What does the reference of the same policy say for the same reason and segment?
references_of_scenarios as (

    select
        scenarios.scenario_id,
        segments.cost_part,
        segments.segment_kind,
        segments.segment,
        segments.reason_code,
        segments.line_count,
        segments.cost_krw,
        segments.expected_cost_krw
    from scenarios
    inner join scenarios as policy_references
        on
            scenarios.policy_id = policy_references.policy_id
            and policy_references.is_reference
    inner join segments
        on policy_references.scenario_id = segments.scenario_id

),

-- A reason that stands on one side only has a row too: 0 on the other.
compared as (

    select
        scenario_id,
        cost_part,
        segment_kind,
        segment,
        reason_code,
        line_count,
        charged_krw,
        cost_krw,
        expected_cost_krw,
        0 as reference_line_count,
        0 as reference_cost_krw,
        0 as reference_expected_krw
    from segments
    union all
    select
        scenario_id,
        cost_part,
        segment_kind,
        segment,
        reason_code,
        0 as line_count,
        0 as charged_krw,
        0 as cost_krw,
        0 as expected_cost_krw,
        line_count as reference_line_count,
        cost_krw as reference_cost_krw,
        expected_cost_krw as reference_expected_krw
    from references_of_scenarios

),

final as (

    select
        cast(scenarios.scenario_id as string) as scenario_id,
        cast(scenarios.scenario_name as string) as scenario_name,
        cast(scenarios.is_reference as boolean) as is_reference,
        cast(scenarios.policy_id as string) as policy_id,
        cast(scenarios.policy_version as string) as policy_version,
        cast(compared.cost_part as string) as cost_part,
        cast(compared.segment_kind as string) as segment_kind,
        cast(compared.segment as string) as segment,
        cast(compared.reason_code as string) as reason_code,
        cast(sum(compared.line_count) as bigint) as lines,
        cast(sum(compared.charged_krw) as bigint) as charged_krw,
        cast(sum(compared.cost_krw) as bigint) as cost_krw,
        cast(sum(compared.expected_cost_krw) as bigint) as expected_cost_krw,
        cast(sum(compared.line_count - compared.reference_line_count) as bigint) as delta_lines,
        cast(sum(compared.cost_krw - compared.reference_cost_krw) as bigint) as delta_krw,
        cast(
            sum(compared.expected_cost_krw - compared.reference_expected_krw) as bigint
        ) as delta_expected_krw
    from compared
    inner join scenarios
        on compared.scenario_id = scenarios.scenario_id
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

)

select * from final
