-- Grain: one row per (scenario, rule it decides by).
-- The rules of the version, less those dropped, with the thresholds that the scenario changes. A
-- rule that the scenario asks for and the version does not have comes after all of the version's.

with scenarios as (

    select * from {{ ref('int_scenario_terms') }}

),

policy_rules as (

    select * from {{ ref('ref_policy_rules') }}

),

thresholds_changed as (

    select
        scenario_id,
        'confirmed_victim' as rule_code,
        victim_signs as threshold
    from scenarios
    where victim_signs is not null
    union all
    select
        scenario_id,
        'in_service_at_base_date' as rule_code,
        cast(base_date as string) as threshold
    from scenarios
    where base_date is not null

),

version_rules as (

    select
        scenarios.scenario_id,
        policy_rules.rule_code,
        policy_rules.rule_order,
        policy_rules.threshold,
        policy_rules.reason_code
    from scenarios
    inner join policy_rules
        on
            scenarios.policy_id = policy_rules.policy_id
            and scenarios.policy_version = policy_rules.policy_version
    where not {{ is_listed('policy_rules.rule_code', 'scenarios.dropped_rules') }}

),

last_places as (

    select scenario_id, max(rule_order) as rule_order
    from version_rules
    group by 1

),

-- What is the reason called where the version itself has no such rule? As in any version that has.
reasons as (

    select rule_code, min(reason_code) as reason_code
    from policy_rules
    group by 1

),

rules_added as (

    select
        thresholds_changed.scenario_id,
        thresholds_changed.rule_code,
        thresholds_changed.threshold,
        row_number() over (
            partition by thresholds_changed.scenario_id
            order by thresholds_changed.rule_code asc nulls last
        ) as place
    from thresholds_changed
    left join version_rules
        on
            thresholds_changed.scenario_id = version_rules.scenario_id
            and thresholds_changed.rule_code = version_rules.rule_code
    where version_rules.rule_code is null

),

final as (

    select
        version_rules.scenario_id,
        version_rules.rule_order,
        version_rules.rule_code,
        coalesce(thresholds_changed.threshold, version_rules.threshold) as threshold,
        version_rules.reason_code
    from version_rules
    left join thresholds_changed
        on
            version_rules.scenario_id = thresholds_changed.scenario_id
            and version_rules.rule_code = thresholds_changed.rule_code
    union all
    select
        rules_added.scenario_id,
        coalesce(last_places.rule_order, 0) + rules_added.place as rule_order,
        rules_added.rule_code,
        rules_added.threshold,
        coalesce(reasons.reason_code, rules_added.rule_code) as reason_code
    from rules_added
    left join last_places
        on rules_added.scenario_id = last_places.scenario_id
    left join reasons
        on rules_added.rule_code = reasons.rule_code

)

select * from final
