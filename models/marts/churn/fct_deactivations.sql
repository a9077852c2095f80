-- Grain: one row per line whose service ended since the deliveries observe it.
-- Additive over every column. Forced ones are in: leave them out to compare with public figures.

with lines_ended as (

    select * from {{ ref('int_lines_ended') }}

),

contracts as (

    select * from {{ ref('stg_operator__contracts') }}

),

lines_affected as (

    select * from {{ ref('int_lines_affected') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

deactivated as (

    select
        lines_ended.line_key,
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
    inner join delivery_facts
        on lines_ended.terminated_on >= delivery_facts.observed_from

),

-- Which contract was running on the last day? The one signed last, while its term lasts.
running_contracts as (

    select
        deactivated.line_key,
        max(contracts.signed_on) as signed_on
    from deactivated
    inner join contracts
        on
            deactivated.line_key = contracts.line_key
            and deactivated.terminated_on >= contracts.signed_on
            and contracts.term_days
            > {{ dbt.datediff('contracts.signed_on', 'deactivated.terminated_on', 'day') }}
    group by 1

),

final as (

    select
        cast(deactivated.line_key as bigint) as line_key,
        cast(deactivated.terminated_on as date) as deactivated_on,
        cast(deactivated.termination_kind as varchar) as kind,
        cast(deactivated.termination_kind = 'forced' as boolean) as is_forced,
        cast(deactivated.requested_on as date) as requested_on,
        cast(deactivated.processed_on as date) as processed_on,
        cast(deactivated.recipient_carrier as varchar) as recipient_carrier,
        cast(deactivated.line_kind as varchar) as line_kind,
        cast(deactivated.network_brand as varchar) as network_brand,
        cast(deactivated.is_own_brand as boolean) as is_own_brand,
        cast(deactivated.plan_code as varchar) as plan_code,
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
        on deactivated.line_key = running_contracts.line_key
    left join lines_affected
        on deactivated.line_key = lines_affected.line_key

)

select * from final
