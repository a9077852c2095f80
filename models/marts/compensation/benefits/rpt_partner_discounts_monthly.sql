-- Grain: one row per (partner programme, category of partner, month with coupons or a redemption).
-- Counts and won are of the month and add up over months and categories. Expected values are those
-- of the coupons issued; a month that has not ended has no breakage yet.

with partner_costs as (

    select * from {{ ref('int_partner_costs') }}

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(partner_category as string) as partner_category,
        cast(benefit_month as date) as benefit_month,
        cast(is_ended as boolean) as is_ended,
        cast(issued_count as bigint) as issued_count,
        cast(redeemed_count as bigint) as redeemed_count,
        cast(
            case when is_ended then greatest(issued_count - redeemed_count, 0) else 0 end as bigint
        ) as breakage_count,
        cast(
            case when is_ended then 0 else greatest(issued_count - redeemed_count, 0) end as bigint
        ) as open_count,
        cast(face_value_krw as bigint) as face_value_krw,
        cast(redeemed_krw as bigint) as carrier_share_krw,
        cast(expected_krw as bigint) as expected_krw,
        cast(expected_low_krw as bigint) as expected_low_krw,
        cast(expected_high_krw as bigint) as expected_high_krw,
        cast(breakage_krw as bigint) as breakage_krw,
        cast(excess_krw + late_krw as bigint) as excess_krw
    from partner_costs

)

select * from final
