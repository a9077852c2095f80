-- Grain: one row per (terminated line, contract), and one per line charged without a contract of
-- its own.
-- Amounts add up over any columns. A difference is a finding: charged amounts are never corrected
-- here. What is not yet billed becomes overdue without a row: orchestration/scope.py knows the day.

{{ config(materialized='keyed', unique_key='line_key') }}

with recomputed_fees as (

    select * from {{ ref('int_contract_fees_recomputed') }}
    {{ in_scope('line_key') }}

),

charges as (

    select * from {{ ref('int_termination_charges') }}
    {{ in_scope('line_key') }}

),

assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

billing_days as (

    select max(base) as days_allowed
    from assumptions
    where parameter = 'billing_days'

),

fees_compared as (

    select
        coalesce(recomputed_fees.line_key, charges.line_key) as line_key,
        coalesce(recomputed_fees.contract_id, charges.contract_id) as contract_id,
        recomputed_fees.contract_id is not null as has_contract,
        coalesce(recomputed_fees.terminated_on, charges.terminated_on) as terminated_on,
        recomputed_fees.contract_kind,
        recomputed_fees.brand_class,
        recomputed_fees.signed_on,
        recomputed_fees.rule_id,
        recomputed_fees.rule_id is not null as is_rule_found,
        coalesce(recomputed_fees.item_kind, charges.item_kind) as item_kind,
        charges.item_kind as charged_item_kind,
        coalesce(charges.item_count, 0) as item_count,
        charges.billed_on,
        recomputed_fees.days_elapsed,
        recomputed_fees.months_elapsed,
        coalesce(recomputed_fees.has_run_out, false) as has_run_out,
        coalesce(charges.charged_krw, 0) as charged_krw,
        case
            when recomputed_fees.contract_id is null then 0
            else recomputed_fees.recomputed_krw
        end as recomputed_krw,
        coalesce(
            {{ dbt.datediff('recomputed_fees.terminated_on', 'delivery_facts.as_of_date', 'day') }}
            < billing_days.days_allowed,
            false
        ) as is_bill_expected
    from recomputed_fees
    full outer join charges
        on
            recomputed_fees.line_key = charges.line_key
            and recomputed_fees.contract_id = charges.contract_id
    cross join delivery_facts
    cross join billing_days

),

final as (

    select
        cast(
            cast(line_key as string) || '-' || coalesce(contract_id, 'none') as string
        ) as termination_fee_id,
        cast(line_key as bigint) as line_key,
        cast(contract_id as string) as contract_id,
        cast(terminated_on as date) as terminated_on,
        cast(contract_kind as string) as contract_kind,
        cast(brand_class as string) as brand_class,
        cast(signed_on as date) as signed_on,
        cast(rule_id as string) as rule_id,
        cast(is_rule_found as boolean) as is_rule_found,
        cast(item_kind as string) as item_kind,
        cast(charged_item_kind as string) as charged_item_kind,
        cast(item_count as bigint) as item_count,
        cast(billed_on as date) as billed_on,
        cast(days_elapsed as bigint) as days_elapsed,
        cast(months_elapsed as bigint) as months_elapsed,
        cast(has_run_out as boolean) as has_run_out,
        cast(charged_krw as bigint) as charged_krw,
        cast(recomputed_krw as bigint) as recomputed_krw,
        cast(charged_krw - recomputed_krw as bigint) as difference_krw,
        cast(
            case
                when not has_contract then 'charged_without_contract'
                when recomputed_krw is null then 'no_rule'
                when charged_krw = recomputed_krw then 'agrees'
                when charged_krw > recomputed_krw then 'overcharged'
                when item_count > 0 then 'undercharged'
                when is_bill_expected then 'not_yet_billed'
                else 'not_charged'
            end as string
        ) as finding
    from fees_compared

)

select * from final
