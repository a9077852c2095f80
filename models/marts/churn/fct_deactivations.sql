-- Grain: one row per (line_key, spell_number) whose service ended since the deliveries observe it.
-- Additive over every column. Forced ones are in: leave them out to compare with public figures.

{{ config(materialized='keyed', unique_key='line_key') }}

with lines_ended as (

    select * from {{ ref('int_lines_ended') }}
    {{ in_scope('line_key') }}

),

past_spells as (

    select * from {{ ref('int_line_spells_past') }}
    {{ in_scope('line_key') }}

),

contracts as (

    select * from {{ ref('stg_operator__contracts') }}
    {{ in_scope('line_key') }}

),

lines_affected as (

    select * from {{ ref('int_lines_affected') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

past_counts as (

    select
        line_key,
        count(*) as past_spells
    from past_spells
    group by 1

),

endings as (

    select
        lines_ended.line_key,
        coalesce(past_counts.past_spells, 0) + 1 as spell_number,
        lines_ended.line_kind,
        lines_ended.network_brand,
        lines_ended.is_own_brand,
        lines_ended.plan_code,
        lines_ended.activated_on,
        lines_ended.terminated_on,
        lines_ended.termination_kind,
        lines_ended.requested_on,
        lines_ended.processed_on,
        lines_ended.recipient_carrier,
        lines_ended.rejoined_on
    from lines_ended
    left join past_counts
        on lines_ended.line_key = past_counts.line_key
    union all
    select
        line_key,
        spell_number,
        line_kind,
        network_brand,
        is_own_brand,
        plan_code,
        activated_on,
        terminated_on,
        termination_kind,
        requested_on,
        processed_on,
        recipient_carrier,
        rejoined_on
    from past_spells

),

deactivated as (

    select
        endings.line_key,
        endings.spell_number,
        endings.line_kind,
        endings.network_brand,
        endings.is_own_brand,
        endings.plan_code,
        endings.activated_on,
        endings.terminated_on,
        endings.termination_kind,
        endings.requested_on,
        endings.processed_on,
        endings.recipient_carrier,
        endings.rejoined_on
    from endings
    inner join delivery_facts
        on endings.terminated_on >= delivery_facts.observed_from

),

-- Which contract was running on the last day? The one signed last, while its term lasts.
running_contracts as (

    select
        deactivated.line_key,
        deactivated.spell_number,
        max(contracts.signed_on) as signed_on
    from deactivated
    inner join contracts
        on
            deactivated.line_key = contracts.line_key
            and deactivated.terminated_on >= contracts.signed_on
            and contracts.term_days
            > {{ dbt.datediff('contracts.signed_on', 'deactivated.terminated_on', 'day') }}
    group by 1, 2

),

final as (

    select
        cast(deactivated.line_key as bigint) as line_key,
        cast(deactivated.spell_number as bigint) as spell_number,
        cast(deactivated.terminated_on as date) as deactivated_on,
        cast(deactivated.termination_kind as string) as kind,
        cast(deactivated.termination_kind = 'forced' as boolean) as is_forced,
        cast(deactivated.requested_on as date) as requested_on,
        cast(deactivated.processed_on as date) as processed_on,
        cast(deactivated.recipient_carrier as string) as recipient_carrier,
        cast(deactivated.line_kind as string) as line_kind,
        cast(deactivated.network_brand as string) as network_brand,
        cast(deactivated.is_own_brand as boolean) as is_own_brand,
        cast(deactivated.plan_code as string) as plan_code,
        cast(
            {{ complete_months('deactivated.activated_on', 'deactivated.terminated_on') }} as bigint
        ) as tenure_months,
        cast(
            {{ complete_months('running_contracts.signed_on', 'deactivated.terminated_on') }} + 1
            as bigint
        ) as contract_month,
        cast(deactivated.rejoined_on as date) as rejoined_on,
        cast(coalesce(lines_affected.is_exposed, false) as boolean) as is_exposed,
        cast(coalesce(lines_affected.is_payment_victim, false) as boolean) as is_payment_victim
    from deactivated
    left join running_contracts
        on
            deactivated.line_key = running_contracts.line_key
            and deactivated.spell_number = running_contracts.spell_number
    left join lines_affected
        on deactivated.line_key = lines_affected.line_key

)

select * from final
