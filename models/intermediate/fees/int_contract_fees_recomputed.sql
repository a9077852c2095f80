-- Grain: one row per (terminated line, contract of that line).
-- The fee that the rule in force on the day of signing asks for. A contract that had run out, or
-- had ended before the line did, owes nothing under any rule; otherwise no rule found means no
-- amount.

{{ config(materialized='keyed', unique_key='line_key') }}

with lines_ended as (

    select * from {{ ref('int_lines_ended') }}
    {{ in_scope('line_key') }}

),

contracts as (

    select * from {{ ref('stg_operator__contracts') }}
    {{ in_scope('line_key') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

fee_rules as (

    select * from {{ ref('ref_fee_rules') }}

),

step_totals as (

    select * from {{ ref('int_fee_step_totals') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

terminated_lines as (

    select
        lines_ended.line_key,
        lines_ended.terminated_on,
        carriers.carrier_class as brand_class
    from lines_ended
    left join carriers
        on lines_ended.network_brand = carriers.carrier_code

),

terminated_contracts as (

    select
        contracts.line_key,
        contracts.contract_id,
        contracts.contract_kind,
        contracts.signed_on,
        contracts.term_months,
        contracts.term_days,
        contracts.monthly_discount_krw,
        contracts.subsidy_krw,
        terminated_lines.terminated_on,
        terminated_lines.brand_class,
        cast(
            {{ dbt.datediff('contracts.signed_on', 'terminated_lines.terminated_on', 'day') }}
            as bigint
        ) as days_elapsed,
        coalesce(contracts.ended_on < terminated_lines.terminated_on, false) as has_ended_before
    from contracts
    inner join terminated_lines
        on contracts.line_key = terminated_lines.line_key

),

-- Which rule known by now was in force on the day of signing?
rules_applied as (

    select
        terminated_contracts.line_key,
        terminated_contracts.contract_id,
        fee_rules.rule_id,
        fee_rules.item_kind,
        fee_rules.method,
        fee_rules.base_amount,
        fee_rules.grace_days,
        fee_rules.step_table_id,
        cast(
            floor(terminated_contracts.days_elapsed / nullif(fee_rules.days_per_month, 0)) as bigint
        ) as months_elapsed
    from terminated_contracts
    cross join delivery_facts
    inner join fee_rules
        on
            terminated_contracts.contract_kind = fee_rules.contract_kind
            and terminated_contracts.brand_class = fee_rules.brand_class
            and terminated_contracts.term_months = fee_rules.term_months
            and terminated_contracts.signed_on >= fee_rules.valid_from
            and coalesce(terminated_contracts.signed_on < fee_rules.valid_to, true)
            and delivery_facts.as_of_date >= fee_rules.known_from

),

amounts_found as (

    select
        terminated_contracts.line_key,
        terminated_contracts.contract_id,
        terminated_contracts.terminated_on,
        terminated_contracts.contract_kind,
        terminated_contracts.brand_class,
        terminated_contracts.signed_on,
        terminated_contracts.term_months,
        terminated_contracts.term_days,
        terminated_contracts.monthly_discount_krw,
        terminated_contracts.days_elapsed,
        terminated_contracts.has_ended_before
        or terminated_contracts.days_elapsed < 0
        or terminated_contracts.days_elapsed >= terminated_contracts.term_days as has_run_out,
        terminated_contracts.term_days - terminated_contracts.days_elapsed as days_left,
        rules_applied.rule_id,
        rules_applied.item_kind,
        rules_applied.method,
        rules_applied.grace_days,
        rules_applied.months_elapsed,
        step_totals.cumulative_percent,
        case rules_applied.base_amount
            when 'discounts_received'
                then
                    terminated_contracts.monthly_discount_krw
                    * least(rules_applied.months_elapsed, terminated_contracts.term_months)
            when 'subsidy' then terminated_contracts.subsidy_krw
        end as base_krw
    from terminated_contracts
    left join rules_applied
        on
            terminated_contracts.line_key = rules_applied.line_key
            and terminated_contracts.contract_id = rules_applied.contract_id
    left join step_totals
        on
            rules_applied.step_table_id = step_totals.step_table_id
            and least(rules_applied.months_elapsed, terminated_contracts.term_months)
            = step_totals.months_elapsed

),

final as (

    select
        line_key,
        contract_id,
        terminated_on,
        contract_kind,
        brand_class,
        signed_on,
        term_months,
        term_days,
        rule_id,
        item_kind,
        days_elapsed,
        months_elapsed,
        has_run_out,
        base_krw,
        case
            when has_run_out then 0
            when method = 'step_table'
                then
                    greatest({{ whole_won('monthly_discount_krw * cumulative_percent', '100') }}, 0)
            when method = 'declining' and days_elapsed <= grace_days then base_krw
            when method = 'declining'
                then {{ whole_won('base_krw * days_left', 'term_days - grace_days') }}
        end as recomputed_krw
    from amounts_found

)

select * from final
