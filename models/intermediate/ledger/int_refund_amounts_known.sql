-- Grain: one row per (line that claims, change point) at which a claim was known: what its bills
-- and payments amounted to, as far as known then.

{{ config(materialized='keyed', unique_key='line_key') }}

with claims_known as (

    select * from {{ ref('int_refund_claims_known') }}
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

covered_items as (

    select * from {{ ref('ref_policy_covered_items') }}

),

binding_versions as (

    select * from {{ ref('int_binding_versions') }}

),

claiming_lines as (

    select distinct line_key from claims_known

),

-- From when until when did each version of a bill item or a refund hold?
bill_spans as (

    select
        bill_item_versions.line_key,
        bill_item_versions.item_kind,
        bill_item_versions.amount_krw,
        bill_item_versions.paid_on,
        bill_item_versions.known_from,
        lead(bill_item_versions.known_from) over (
            partition by bill_item_versions.item_id
            order by bill_item_versions.known_from asc nulls last
        ) as known_until
    from bill_item_versions
    inner join claiming_lines
        on bill_item_versions.line_key = claiming_lines.line_key

),

refund_spans as (

    select
        waiver_claims.line_key,
        refund_versions.status,
        refund_versions.amount_krw,
        refund_versions.paid_on,
        refund_versions.known_from,
        lead(refund_versions.known_from) over (
            partition by refund_versions.refund_id
            order by refund_versions.known_from asc nulls last
        ) as known_until
    from refund_versions
    inner join waiver_claims
        on refund_versions.claim_id = waiver_claims.claim_id

),

versions_known as (

    select
        claims_known.line_key,
        claims_known.known_from,
        binding_versions.policy_id,
        binding_versions.policy_version
    from claims_known
    inner join binding_versions
        on
            claims_known.policy_id = binding_versions.policy_id
            and claims_known.known_from >= binding_versions.known_from
            and (
                claims_known.known_from < binding_versions.replaced_on
                or binding_versions.replaced_on is null
            )

),

billed as (

    select
        versions_known.line_key,
        versions_known.known_from,
        sum(bill_spans.amount_krw) as charged_krw,
        sum(case when bill_spans.paid_on is not null then bill_spans.amount_krw else 0 end)
            as collected_krw
    from versions_known
    inner join covered_items
        on
            versions_known.policy_id = covered_items.policy_id
            and versions_known.policy_version = covered_items.policy_version
    inner join bill_spans
        on
            versions_known.line_key = bill_spans.line_key
            and covered_items.item_kind = bill_spans.item_kind
            and versions_known.known_from >= bill_spans.known_from
            and (
                versions_known.known_from < bill_spans.known_until
                or bill_spans.known_until is null
            )
    group by 1, 2

),

refunded as (

    select
        claims_known.line_key,
        claims_known.known_from,
        sum(refund_spans.amount_krw) as paid_krw,
        max(refund_spans.paid_on) as last_paid_on
    from claims_known
    inner join refund_spans
        on
            claims_known.line_key = refund_spans.line_key
            and claims_known.known_from >= refund_spans.known_from
            and (
                claims_known.known_from < refund_spans.known_until
                or refund_spans.known_until is null
            )
    where refund_spans.status = 'paid'
    group by 1, 2

),

final as (

    select
        claims_known.policy_id,
        versions_known.policy_version,
        claims_known.line_key,
        claims_known.known_from,
        cast(coalesce(billed.charged_krw, 0) as bigint) as charged_krw,
        cast(coalesce(billed.collected_krw, 0) as bigint) as collected_krw,
        cast(coalesce(refunded.paid_krw, 0) as bigint) as paid_krw,
        refunded.last_paid_on
    from claims_known
    left join versions_known
        on
            claims_known.line_key = versions_known.line_key
            and claims_known.known_from = versions_known.known_from
    left join billed
        on
            claims_known.line_key = billed.line_key
            and claims_known.known_from = billed.known_from
    left join refunded
        on
            claims_known.line_key = refunded.line_key
            and claims_known.known_from = refunded.known_from

)

select * from final
