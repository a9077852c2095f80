-- Grain: one row per scenario known at the as-of date whose base version is known too.
-- The version that a scenario starts from, and what it changes of it. A scenario without a version
-- starts from the one in force.

with scenarios as (

    select * from {{ ref('ref_policy_scenarios') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

known_scenarios as (

    select
        scenarios.scenario_id,
        scenarios.scenario_name,
        scenarios.is_reference,
        scenarios.policy_id,
        scenarios.policy_version,
        scenarios.victim_signs,
        scenarios.terminated_from,
        scenarios.terminated_to,
        scenarios.base_date,
        scenarios.dropped_rules,
        scenarios.fee_cap_krw,
        scenarios.percent_selective_return,
        scenarios.percent_subsidy_clawback,
        scenarios.percent_instalment_balance,
        scenarios.percent_downgrade_settlement,
        scenarios.percent_bundle_penalty,
        scenarios.bill_credit_percent,
        scenarios.bill_credit_on,
        scenarios.take_up_percent
    from scenarios
    cross join delivery_facts
    where scenarios.known_from <= delivery_facts.as_of_date

),

final as (

    select
        known_scenarios.scenario_id,
        known_scenarios.scenario_name,
        known_scenarios.is_reference,
        versions.policy_id,
        versions.policy_version,
        versions.programme_id,
        versions.incident_id,
        known_scenarios.victim_signs,
        known_scenarios.base_date,
        known_scenarios.terminated_from,
        known_scenarios.terminated_to,
        {{ bounded_list("coalesce(known_scenarios.dropped_rules, '')") }} as dropped_rules,
        known_scenarios.fee_cap_krw,
        known_scenarios.bill_credit_percent,
        known_scenarios.bill_credit_on,
        -- Hundredths of a percent, so that money is multiplied by whole numbers only.
        cast(
            coalesce(known_scenarios.take_up_percent * 100, round(assumptions.base * 10000), 10000)
            as bigint
        ) as take_up_basis_points,
        {{ scenario_percent_columns('known_scenarios', 'versions') }}
    from known_scenarios
    inner join versions
        on
            known_scenarios.policy_id = versions.policy_id
            and (
                known_scenarios.policy_version = versions.policy_version
                or (known_scenarios.policy_version is null and versions.is_current)
            )
    left join assumptions
        on
            versions.programme_id = assumptions.programme_id
            and assumptions.parameter = 'take_up_rate'

)

select * from final
