-- Grain: one row per (partner programme, line, month with a redemption).

with redemptions as (

    select * from {{ ref('stg_operator__benefit_redemptions') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

partner_programmes as (

    select
        programme_id,
        treatment_code,
        cast(date_trunc('month', starts_on) as date) as first_month,
        ends_on
    from programmes
    where kind = 'partner_discount'

),

redemptions_by_month as (

    select
        line_key,
        cast(date_trunc('month', redeemed_on) as date) as benefit_month,
        count(*) as redemption_count,
        sum(carrier_share_krw) as cost_krw,
        sum(face_value_krw) as face_value_krw
    from redemptions
    group by 1, 2

),

final as (

    select
        partner_programmes.programme_id,
        partner_programmes.treatment_code,
        redemptions_by_month.line_key,
        redemptions_by_month.benefit_month,
        redemptions_by_month.redemption_count,
        {{ whole_won('redemptions_by_month.cost_krw', 'redemptions_by_month.redemption_count') }}
            as unit_cost_krw,
        cast(redemptions_by_month.cost_krw as bigint) as cost_krw,
        cast(redemptions_by_month.face_value_krw as bigint) as face_value_krw
    from redemptions_by_month
    inner join partner_programmes
        on
            redemptions_by_month.benefit_month >= partner_programmes.first_month
            and coalesce(redemptions_by_month.benefit_month <= partner_programmes.ends_on, true)

)

select * from final
