{{ config(materialized='keyed', unique_key='payment_id', meta={'entity': 'micropayments'}) }}

with

delivered as (
    {{ delivered_rows('micropayments') }}
),

exceptions as (
    select * from {{ ref('stg_operator__micropayments_exceptions') }}
    {{ in_scope('natural_id') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

accepted as (
    {{ accepted_rows('micropayments') }}
),

final as (
    select
        accepted.payment_id,
        lines.line_key,
        {{ as_timestamp('accepted.paid_at') }} as paid_at,
        {{ as_whole_number('accepted.amount_krw') }} as amount_krw,
        {{ as_text('accepted.channel') }} as channel,
        {{ as_code('accepted.merchant_code') }} as merchant_code,
        {{ as_text('accepted.access_point_id') }} as access_point_id,
        accepted.delivered_on as loaded_on
    from accepted
    inner join lines on accepted.line_id = lines.line_id
)

select * from final
