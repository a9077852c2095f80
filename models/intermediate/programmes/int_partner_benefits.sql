-- Grain: one row per (partner programme, line, month with a redemption).

{{ config(materialized='keyed', unique_key='line_key') }}

with redemptions as (

    select * from {{ ref('int_partner_redemptions') }}
    {{ in_scope('line_key') }}

),

redemptions_by_month as (

    select
        programme_id,
        treatment_code,
        line_key,
        benefit_month,
        count(*) as redemption_count,
        sum(carrier_share_krw) as cost_krw,
        sum(face_value_krw) as face_value_krw
    from redemptions
    group by 1, 2, 3, 4

),

final as (

    select
        programme_id,
        treatment_code,
        line_key,
        benefit_month,
        redemption_count,
        {{ whole_won('cost_krw', 'redemption_count') }} as unit_cost_krw,
        cast(cost_krw as bigint) as cost_krw,
        cast(face_value_krw as bigint) as face_value_krw
    from redemptions_by_month

)

select * from final
