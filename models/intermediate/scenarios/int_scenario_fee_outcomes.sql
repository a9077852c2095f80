-- Grain: one row per (scenario, reason, brand class, line kind, contract kind, age band).
-- What each scenario decides on the lines whose service has ended, added up before anything is
-- written: the cross of line and scenario is never laid down.

with lines_alike as (

    select * from {{ ref('int_scenario_lines_alike') }}

),

scenarios as (

    select * from {{ ref('int_scenario_terms') }}

),

scenario_rules as (

    select * from {{ ref('int_scenario_rules') }}

),

paths as (

    select * from {{ ref('int_scenario_path_days') }}

),

rules_pivoted as (

    select
        scenario_id,
        {{ policy_rules_as_columns() }}
    from scenario_rules
    group by 1

),

-- Named as the macros of the rules expect a version to be.
versions as (

    select
        scenarios.scenario_id,
        scenarios.take_up_basis_points,
        {{ policy_rule_columns('rules_pivoted') }},
        {{ first_that_covers_as_much('scenarios') }} as covers_as
    from scenarios
    left join rules_pivoted
        on scenarios.scenario_id = rules_pivoted.scenario_id

),

outcomes as (

    select
        versions.scenario_id,
        lines.brand_class,
        lines.line_kind,
        lines.contract_segment,
        lines.age_band,
        {{ first_broken_rule_order(victims='lines') }} as first_broken_order,
        max(versions.take_up_basis_points) as take_up_basis_points,
        sum(lines.line_count) as line_count,
        sum(lines.billed_krw) as charged_krw,
        sum(
            case
                when {{ first_broken_rule_order(victims='lines') }} is null then lines.covered_krw
                else 0
            end
        ) as cost_krw
    from lines_alike as lines
    inner join versions
        on lines.covers_as = versions.covers_as
    left join paths
        on
            versions.scenario_id = paths.scenario_id
            and lines.terminated_on = paths.terminated_on
    group by 1, 2, 3, 4, 5, 6

),

final as (

    select
        outcomes.scenario_id,
        coalesce(scenario_rules.reason_code, 'eligible') as reason_code,
        outcomes.brand_class,
        outcomes.line_kind,
        outcomes.contract_segment as contract_kind,
        outcomes.age_band,
        cast(sum(outcomes.line_count) as bigint) as line_count,
        cast(sum(outcomes.charged_krw) as bigint) as charged_krw,
        cast(sum(outcomes.cost_krw) as bigint) as cost_krw,
        cast(
            sum({{ whole_won('outcomes.cost_krw * outcomes.take_up_basis_points', 10000) }})
            as bigint
        ) as expected_cost_krw
    from outcomes
    left join scenario_rules
        on
            outcomes.scenario_id = scenario_rules.scenario_id
            and outcomes.first_broken_order = scenario_rules.rule_order
    group by 1, 2, 3, 4, 5, 6

)

select * from final
