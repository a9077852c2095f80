-- Grain: one row per (scenario, reason, brand class, line kind, contract kind, age band).
-- What each scenario decides on the lines whose service has ended, added up before anything is
-- written: the cross of line and scenario is never laid down.

with lines_profiled as (

    select * from {{ ref('int_terminated_lines_profiled') }}

),

lines_segmented as (

    select * from {{ ref('int_ended_lines_segmented') }}

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

victims as (

    select * from {{ ref('int_incident_victims') }}

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
        scenarios.incident_id,
        scenarios.fee_cap_krw,
        scenarios.take_up_basis_points,
        {% for kind in bill_item_kinds() -%}
        scenarios.percent_{{ kind }},
        {% endfor -%}
        {{ policy_rule_columns('rules_pivoted') }},
        -- The first scenario that covers as much stands for all of them.
        min(scenarios.scenario_id) over (
            partition by
                {% for kind in bill_item_kinds() -%}
                scenarios.percent_{{ kind }},
                {% endfor -%}
                scenarios.incident_id,
                scenarios.fee_cap_krw
        ) as covers_as
    from scenarios
    left join rules_pivoted
        on scenarios.scenario_id = rules_pivoted.scenario_id

),

thresholds as (

    select
        {{ first_and_last_thresholds() }}
    from versions

),

lines as (

    select
        lines_profiled.line_key,
        lines_profiled.line_kind,
        lines_profiled.is_own_brand,
        {{ days_as_asked() }},
        lines_profiled.terminated_on,
        lines_profiled.termination_kind,
        {% for kind in bill_item_kinds() -%}
        lines_profiled.charged_{{ kind }}_krw,
        {% endfor -%}
        lines_segmented.brand_class,
        lines_segmented.contract_segment,
        lines_segmented.age_band,
        {{ billed_amount('lines_profiled', 'charged') }} as billed_krw
    from lines_profiled
    cross join thresholds
    inner join lines_segmented
        on lines_profiled.line_key = lines_segmented.line_key

),

-- Scenarios differ in few things and lines in few that a rule looks at: lines that no scenario can
-- tell apart are added up before they are crossed with all of them.
lines_alike as (

    select
        versions.covers_as,
        lines.brand_class,
        lines.line_kind,
        lines.is_own_brand,
        lines.contract_segment,
        lines.age_band,
        lines.activated_on,
        lines.last_device_change_on,
        lines.last_recontract_on,
        lines.rejoined_on,
        lines.terminated_on,
        lines.termination_kind,
        victims.is_exposed,
        victims.is_payment_victim,
        victims.choice,
        count(*) as line_count,
        sum(lines.billed_krw) as billed_krw,
        sum(least({{ covered_percent_amount('charged') }}, versions.fee_cap_krw)) as covered_krw
    from lines
    cross join versions
    left join victims
        on
            versions.incident_id = victims.incident_id
            and lines.line_key = victims.line_key
    where versions.scenario_id = versions.covers_as
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15

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
