{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'benefit_redemptions'}) }}

with

delivered as (
    {{ delivered_rows('benefit_redemptions') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

resolved as (
    select
        {{ delivered_columns('benefit_redemptions', 'delivered') }}
        lines.line_id is null as is_line_unknown
    from delivered
    left join lines on delivered.line_id = lines.line_id
),

checked as (
    select
        {{ delivered_columns('benefit_redemptions', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['redemption_id', 'line_id']),
            'invalid_date': unreadable_dates(['redeemed_on']) + absent(['redeemed_on']),
            'impossible_date': not_yet_happened(['redeemed_on']),
            'negative_amount': negative(['face_value_krw', 'carrier_share_krw']),
            'invalid_amount': unreadable_numbers(['face_value_krw', 'carrier_share_krw'])
                + absent(['face_value_krw', 'carrier_share_krw']),
            'unknown_code': not_in_code_list({'partner_category': 'partner_category'})
                + absent(['partner_category']),
            'orphan_line': ['is_line_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('benefit_redemptions') }}

select * from final
