{{ config(materialized='keyed', unique_key='refund_id', meta={'entity': 'refund_payments'}) }}

with

delivered as (
    {{ delivered_rows('refund_payments') }}
),

exceptions as (
    select * from {{ ref('stg_operator__refund_payments_exceptions') }}
    {{ in_scope('natural_id') }}
),

current_versions as (
    select * from {{ ref('stg_operator__refund_payments') }}
    {{ in_scope('refund_id') }}
),

superseded as (
    {{ superseded_rows('refund_payments') }}
),

final as (
    select
        refund_id,
        claim_id,
        paid_on,
        amount_krw,
        status,
        loaded_on as known_from
    from current_versions
    union all
    select
        superseded.refund_id,
        superseded.claim_id,
        {{ as_date('superseded.paid_on') }} as paid_on,
        {{ as_whole_number('superseded.amount_krw') }} as amount_krw,
        {{ as_text('superseded.status') }} as status,
        superseded.delivered_on as known_from
    from superseded
)

select * from final
