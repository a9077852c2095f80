-- Grain: one row per (line that claims, day on which something its refund depends on became known).
-- A claim, a bill, a payment, a version of the policy, the lapse of an uncollected refund.

{{ config(materialized='keyed', unique_key='line_key') }}

with policy_claims as (

    select * from {{ ref('int_policy_claims') }}
    {{ in_scope('line_key') }}

),

claim_versions as (

    select * from {{ ref('stg_operator__waiver_claim_versions') }}
    {{ in_scope('line_key') }}

),

benefit_choices as (

    select * from {{ ref('stg_operator__benefit_choices') }}
    {{ in_scope('line_key') }}

),

bill_item_versions as (

    select * from {{ ref('stg_operator__bill_item_versions') }}
    {{ in_scope('line_key') }}

),

refund_versions as (

    select * from {{ ref('stg_operator__refund_payment_versions') }}
    {{ in_scope('refund_id', 'refund_payments') }}

),

waiver_claims as (

    select * from {{ ref('stg_operator__waiver_claims') }}
    {{ in_scope('line_key') }}

),

binding_versions as (

    select * from {{ ref('int_binding_versions') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

lapses as (

    select
        policy_claims.line_key,
        cast(
            cast(policy_claims.claimed_at as date)
            + cast(binding_versions.payable_lapses_months as integer) * interval 1 month as date
        ) as known_from
    from policy_claims
    inner join binding_versions
        on
            policy_claims.policy_id = binding_versions.policy_id
            and binding_versions.replaced_on is null
    cross join delivery_facts
    where
        binding_versions.payable_lapses_months is not null
        and cast(
            cast(policy_claims.claimed_at as date)
            + cast(binding_versions.payable_lapses_months as integer) * interval 1 month as date
        ) <= delivery_facts.as_of_date

),

-- Only of lines that claim: most bills are of nobody who does.
changes as (

    select line_key, known_from from claim_versions
    union
    select policy_claims.line_key, benefit_choices.loaded_on as known_from
    from benefit_choices
    inner join policy_claims
        on benefit_choices.line_key = policy_claims.line_key
    union
    select policy_claims.line_key, bill_item_versions.known_from
    from bill_item_versions
    inner join policy_claims
        on bill_item_versions.line_key = policy_claims.line_key
    union
    select waiver_claims.line_key, refund_versions.known_from
    from refund_versions
    inner join waiver_claims
        on refund_versions.claim_id = waiver_claims.claim_id
    union
    select policy_claims.line_key, binding_versions.known_from
    from policy_claims
    inner join binding_versions
        on policy_claims.policy_id = binding_versions.policy_id
    union
    select line_key, known_from from lapses

),

final as (

    select
        policy_claims.policy_id,
        policy_claims.line_key,
        changes.known_from,
        lapses.known_from is not null as is_lapse
    from policy_claims
    inner join changes
        on policy_claims.line_key = changes.line_key
    left join lapses
        on
            changes.line_key = lapses.line_key
            and changes.known_from = lapses.known_from

)

select * from final
