-- Grain: one row per (claim_id, basis) of the claims about the terms of policies and programmes.
-- Each is measured on the version known on the day of publication: a claim about a draft is checked
-- against the draft.

with readings as (

    select * from {{ ref('int_claim_readings') }}

),

programmes as (

    select * from {{ ref('ref_programmes') }}

),

claim_policy_versions as (

    select * from {{ ref('int_claim_policy_versions') }}

),

policy_paths as (

    select * from {{ ref('ref_policy_paths') }}

),

policy_rules as (

    select * from {{ ref('ref_policy_rules') }}

),

programmes_measured as (

    select
        readings.claim_id,
        readings.basis,
        case readings.metric_family
            when 'waiver_programme_exists'
                then case when claim_policy_versions.policy_id is null then 0 else 1 end
            when 'waiver_window_days'
                then
                    {{
                        dbt.datediff(
                            'path_window.terminated_from', 'path_window.terminated_to', 'day'
                        )
                    }} + 1
            when 'data_grant_gb_per_month' then programmes.quantity_per_unit
            when 'data_grant_months' then programmes.months
            when 'partner_discount_categories' then programmes.quantity_per_unit
            when 'insurance_months' then programmes.months
            when 'insurance_auto_enrol_min_age' then programmes.min_auto_enrol_age
            when 'package_announced_value_krw' then programmes.announced_krw
        end as computed_value,
        case readings.metric_family
            when 'retroactive_from' then cast(path_retroactive.terminated_from as string)
            when 'new_user_cutoff' then base_date_rule.threshold
            when 'waiver_settlement' then programmes.settlement_code
        end as computed_text
    from claim_policy_versions
    inner join readings
        on
            claim_policy_versions.claim_id = readings.claim_id
            and claim_policy_versions.basis = readings.basis
    left join programmes
        on
            claim_policy_versions.programme_id = programmes.programme_id
            and claim_policy_versions.programme_known_from = programmes.known_from
    left join policy_paths as path_window
        on
            claim_policy_versions.policy_id = path_window.policy_id
            and claim_policy_versions.policy_version = path_window.policy_version
            and path_window.path = 'window'
    left join policy_paths as path_retroactive
        on
            claim_policy_versions.policy_id = path_retroactive.policy_id
            and claim_policy_versions.policy_version = path_retroactive.policy_version
            and path_retroactive.path = 'retroactive'
    left join policy_rules as base_date_rule
        on
            claim_policy_versions.policy_id = base_date_rule.policy_id
            and claim_policy_versions.policy_version = base_date_rule.policy_version
            and base_date_rule.rule_code = 'in_service_at_base_date'
    -- What lines make of the waiver is counted from its decisions, not read from its terms.
    where readings.metric_family not in ('waiver_eligible_lines', 'waiver_cost_krw')

),

final as (

    select
        claim_id,
        basis,
        cast(computed_value as decimal(24, 6)) as computed_value,
        computed_text,
        -- Rules and pledges are whole in every sample.
        false as is_extensive,
        cast(0 as decimal(24, 6)) as sampling_allowance,
        case
            when computed_value is null and computed_text is null
                then 'No policy or programme known on the day of publication states it'
        end as missing_reason
    from programmes_measured

)

select * from final
