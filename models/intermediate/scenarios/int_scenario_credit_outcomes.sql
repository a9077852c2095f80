-- Grain: one row per (scenario with a bill credit, reason, brand class, line kind, age band).
-- The credit on one monthly bill of the lines in service on the day of the scenario: a percentage
-- of the plan's list price. Only rules that can be asked of a line in service decide on it.

{{ config(materialized='counted', meta={'sums': ['line_count', 'charged_krw', 'cost_krw']}) }}

with lines_served as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

customers as (

    select * from {{ ref('stg_operator__customers') }}
    {{ in_scope('customer_key') }}

),

plans as (

    select * from {{ ref('ref_plans') }}

),

scenarios as (

    select * from {{ ref('int_scenario_terms') }}

),

scenario_rules as (

    select * from {{ ref('int_scenario_rules') }}

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
        scenarios.bill_credit_on,
        scenarios.bill_credit_percent,
        {{ policy_rule_columns('rules_pivoted') }}
    from scenarios
    left join rules_pivoted
        on scenarios.scenario_id = rules_pivoted.scenario_id
    where scenarios.bill_credit_percent is not null

),

-- How many alike are in service on a day of a scenario? Counted before prices are looked up.
lines as (

    select
        versions.scenario_id,
        lines_served.plan_code,
        lines_served.line_kind,
        lines_served.is_own_brand,
        coalesce(customers.age_band, 'unknown') as age_band,
        count(*) as line_count
    from lines_served
    cross join versions
    left join customers
        on lines_served.customer_key = customers.customer_key
    where
        -- Of one scenario or a few: not a join by order, for which every line would be sorted.
        coalesce(lines_served.activated_on <= versions.bill_credit_on, false)
        and coalesce(lines_served.terminated_on > versions.bill_credit_on, true)
    group by 1, 2, 3, 4, 5

),

decisions as (

    select
        versions.scenario_id,
        lines.is_own_brand,
        lines.line_kind,
        lines.age_band,
        {{ first_broken_rule_order_in_service() }} as first_broken_order,
        lines.line_count,
        coalesce(plans.monthly_fee_krw, 0) as monthly_fee_krw,
        {{ whole_won('coalesce(plans.monthly_fee_krw, 0) * versions.bill_credit_percent', 100) }}
            as credit_krw
    from lines
    inner join versions
        on lines.scenario_id = versions.scenario_id
    left join plans
        on lines.plan_code = plans.plan_code

),

final as (

    select
        decisions.scenario_id,
        coalesce(scenario_rules.reason_code, 'eligible') as reason_code,
        case when decisions.is_own_brand then 'own' else 'hosted' end as brand_class,
        decisions.line_kind,
        decisions.age_band,
        cast(sum(decisions.line_count) as bigint) as line_count,
        cast(sum(decisions.line_count * decisions.monthly_fee_krw) as bigint) as charged_krw,
        cast(
            sum(
                case
                    when decisions.first_broken_order is null
                        then decisions.line_count * decisions.credit_krw
                    else 0
                end
            ) as bigint
        ) as cost_krw
    from decisions
    left join scenario_rules
        on
            decisions.scenario_id = scenario_rules.scenario_id
            and decisions.first_broken_order = scenario_rules.rule_order
    group by 1, 2, 3, 4, 5

)

select * from final
