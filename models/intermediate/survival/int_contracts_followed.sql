-- Grain: one row per (contract_kind, term_months, signed_on, first_on, last_on, end_kind).
-- Contracts that were signed on one day and run on are alike, so that months are counted for few of
-- them.

{{ config(materialized='counted', meta={'sums': ['contracts']}) }}

with contracts as (

    select * from {{ ref('stg_operator__contracts') }}
    {{ in_scope('line_key') }}

),

lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

past_spells as (

    select * from {{ ref('int_line_spells_past') }}
    {{ in_scope('line_key') }}

),

origins as (

    select * from {{ ref('int_survival_origins') }}
    where time_origin = 'contract'

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- Which contracts were signed in an earlier time in service of a line? Those signed by its last
-- day, but for the day on which the next one began, and not in one before it.
past_signings as (

    select
        line_key,
        spell_number,
        least(cast(terminated_on + interval 1 day as date), rejoined_on) as signed_before
    from past_spells

),

last_past_signings as (

    select
        line_key,
        max(signed_before) as signed_from
    from past_signings
    group by 1

),

spells as (

    select
        lines.line_key, lines.line_kind, lines.is_own_brand, lines.last_recontract_on,
        lines.terminated_on, lines.termination_kind,
        last_past_signings.signed_from,
        cast(null as date) as signed_before
    from lines
    left join last_past_signings
        on lines.line_key = last_past_signings.line_key
    union all
    select
        past_spells.line_key, past_spells.line_kind, past_spells.is_own_brand,
        cast(null as date) as last_recontract_on,
        past_spells.terminated_on, past_spells.termination_kind,
        signings_before.signed_before as signed_from,
        past_signings.signed_before
    from past_spells
    inner join past_signings
        on
            past_spells.line_key = past_signings.line_key
            and past_spells.spell_number = past_signings.spell_number
    left join past_signings as signings_before
        on
            past_spells.line_key = signings_before.line_key
            and past_spells.spell_number = signings_before.spell_number + 1

),

-- A contract is followed from the day of its signing, or the first day observed, to the last day
-- before the line signs again, or to the last day of the time in service it was signed in. Of an
-- earlier one a second signing is known by the end of the first contract alone. One that runs on
-- has no last day here: it would be another one each day.
contracts_followed as (

    select
        contracts.contract_kind,
        contracts.term_months,
        contracts.signed_on,
        greatest(contracts.signed_on, delivery_facts.observed_from) as first_on,
        least(
            spells.terminated_on,
            case
                when coalesce(contracts.ended_on < spells.terminated_on, true)
                    then cast(contracts.ended_on - interval 1 day as date)
            end,
            case
                when spells.last_recontract_on > contracts.signed_on
                    then cast(spells.last_recontract_on - interval 1 day as date)
            end
        ) as last_on,
        spells.terminated_on,
        coalesce(spells.termination_kind, 'none') as termination_kind,
        origins.departure_kinds
    from contracts
    inner join spells
        on
            contracts.line_key = spells.line_key
            and contracts.signed_on >= coalesce(spells.signed_from, contracts.signed_on)
            and (contracts.signed_on < spells.signed_before or spells.signed_before is null)
    cross join origins
    cross join delivery_facts
    where
        {{ is_listed('spells.line_kind', 'origins.line_kinds') }}
        and (spells.is_own_brand or not origins.own_brand_only)

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
        cast(count(*) as bigint) as contracts
    from contracts_followed
    where coalesce(first_on <= last_on, true)
    group by 1, 2, 3, 4, 5, 6

)

select * from final
