-- Grain: one row per (scenario that stands for those that cover as much, traits of a line that the
-- rules and the report of scenarios look at).
-- Scenarios differ in few things and lines in few that a rule looks at: lines that no scenario can
-- tell apart are added up before they are crossed with all of them.

{{ config(materialized='counted', meta={'sums': ['line_count', 'billed_krw', 'covered_krw']}) }}

with lines_profiled as (

    select * from {{ ref('int_terminated_lines_profiled') }}
    {{ in_scope('line_key') }}

),

lines_segmented as (

    select * from {{ ref('int_ended_lines_segmented') }}
    {{ in_scope('line_key') }}

),

scenarios as (

    select * from {{ ref('int_scenario_terms') }}

),

scenario_rules as (

    select * from {{ ref('int_scenario_rules') }}

),

victims as (

    select * from {{ ref('int_incident_victims') }}
    {{ in_scope('line_key') }}

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
        {% for kind in bill_item_kinds() -%}
        scenarios.percent_{{ kind }},
        {% endfor -%}
        {{ first_that_covers_as_much('scenarios') }} as covers_as
    from scenarios

),

thresholds as (

    select
        {{ first_and_last_thresholds() }}
    from rules_pivoted

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

final as (

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
        cast(count(*) as bigint) as line_count,
        cast(sum(lines.billed_krw) as bigint) as billed_krw,
        cast(
            sum(least({{ covered_percent_amount('charged') }}, versions.fee_cap_krw)) as bigint
        ) as covered_krw
    from lines
    cross join versions
    left join victims
        on
            versions.incident_id = victims.incident_id
            and lines.line_key = victims.line_key
    where versions.scenario_id = versions.covers_as
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15

)

select * from final
