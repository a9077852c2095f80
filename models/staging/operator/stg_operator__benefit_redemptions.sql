{{ config(
    materialized='keyed', unique_key='redemption_id', meta={'entity': 'benefit_redemptions'}
) }}

with

delivered as (
    {{ delivered_rows('benefit_redemptions') }}
),

exceptions as (
    select * from {{ ref('stg_operator__benefit_redemptions_exceptions') }}
    {{ in_scope('natural_id') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

accepted as (
    {{ accepted_rows('benefit_redemptions') }}
),

final as (
    select
        accepted.redemption_id,
        lines.line_key,
        {{ as_text('accepted.partner_category') }} as partner_category,
        {{ as_date('accepted.redeemed_on') }} as redeemed_on,
        {{ as_whole_number('accepted.face_value_krw') }} as face_value_krw,
        {{ as_whole_number('accepted.carrier_share_krw') }} as carrier_share_krw,
        accepted.delivered_on as loaded_on
    from accepted
    inner join lines on accepted.line_id = lines.line_id
)

select * from final
