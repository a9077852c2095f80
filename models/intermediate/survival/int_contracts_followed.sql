{{ config(materialized='view') }}

-- Grain: one row per (contract_kind, term_months, signed_on, first_on, last_on, end_kind).
-- Contracts that were signed on one day and run on are alike, so that months are counted for few of
-- them.

with contracts as (

    select * from {{ ref('stg_operator__contracts') }}

),

lines as (

    select * from {{ ref('stg_operator__lines') }}

),

origins as (

    select * from {{ ref('int_survival_origins') }}
    where time_origin = 'contract'

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- A contract is followed from the day of its signing, or the first day observed, to the last day
-- before the line signs again, or to the last day of the line.
contracts_followed as (

    select
        contracts.contract_kind,
        contracts.term_months,
        contracts.signed_on,
        greatest(contracts.signed_on, delivery_facts.observed_from) as first_on,
        least(
            coalesce(lines.terminated_on, delivery_facts.as_of_date),
            case
                when contracts.ended_on < coalesce(lines.terminated_on, delivery_facts.as_of_date)
                    then cast(contracts.ended_on - interval 1 day as date)
                else delivery_facts.as_of_date
            end,
            case
                when lines.last_recontract_on > contracts.signed_on
                    then cast(lines.last_recontract_on - interval 1 day as date)
                else delivery_facts.as_of_date
            end
        ) as last_on,
        lines.terminated_on,
        coalesce(lines.termination_kind, 'none') as termination_kind,
        origins.departure_kinds
    from contracts
    inner join lines
        on contracts.line_key = lines.line_key
    cross join origins
    cross join delivery_facts
    where
        {{ is_listed('lines.line_kind', 'origins.line_kinds') }}
        and (lines.is_own_brand or not origins.own_brand_only)

),

final as (

    select
        contract_kind,
        term_months,
        signed_on,
        first_on,
        last_on,
        case
            when
                last_on = terminated_on
                and {{ is_listed('termination_kind', 'departure_kinds') }}
                then termination_kind
            else 'censored'
        end as end_kind,
        count(*) as contracts
    from contracts_followed
    where first_on <= last_on
    group by 1, 2, 3, 4, 5, 6

)

select * from final
