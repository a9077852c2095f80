-- Grain: one row per redemption at a partner, with the programme whose days are nearest to it.
-- A redemption names no programme. One outside the days of every programme was paid for all the
-- same: it stays with the nearest, and is a finding.

{{ config(materialized='keyed', unique_key='line_key') }}

with redemptions as (

    select * from {{ ref('stg_operator__benefit_redemptions') }}
    {{ in_scope('line_key') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

days_of_redemption as (

    select distinct redeemed_on from redemptions

),

distances as (

    select
        days_of_redemption.redeemed_on,
        programmes.programme_id,
        programmes.treatment_code,
        greatest(
            {{ dbt.datediff('days_of_redemption.redeemed_on', 'programmes.starts_on', 'day') }},
            {{ dbt.datediff('programmes.ends_on', 'days_of_redemption.redeemed_on', 'day') }},
            0
        ) as days_outside
    from days_of_redemption
    cross join programmes
    where programmes.kind = 'partner_discount'

),

distances_ranked as (

    select
        redeemed_on,
        programme_id,
        treatment_code,
        days_outside,
        row_number() over (
            partition by redeemed_on
            order by days_outside asc nulls last, programme_id asc nulls last
        ) as nearness
    from distances

),

final as (

    select
        distances_ranked.programme_id,
        distances_ranked.treatment_code,
        redemptions.redemption_id,
        redemptions.line_key,
        redemptions.partner_category,
        redemptions.redeemed_on,
        cast(date_trunc('month', redemptions.redeemed_on) as date) as benefit_month,
        distances_ranked.days_outside > 0 as is_outside_programme,
        redemptions.face_value_krw,
        redemptions.carrier_share_krw,
        redemptions.loaded_on
    from redemptions
    inner join distances_ranked
        on
            redemptions.redeemed_on = distances_ranked.redeemed_on
            and distances_ranked.nearness = 1

)

select * from final
