-- Grain: one row per (partner programme, category of partner, month with coupons or a redemption).
-- What was expected of the coupons issued, what was redeemed by the end of the month and what
-- became known of it later. Breakage and what goes beyond the expectation are known once the month
-- has ended.

with issues as (

    select * from {{ ref('int_partner_issues') }}

),

redemptions as (

    select * from {{ ref('int_partner_redemptions') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

months as (

    select
        programme_id,
        treatment_code,
        partner_category,
        benefit_month
    from issues
    union all
    select
        programme_id,
        treatment_code,
        partner_category,
        benefit_month
    from redemptions

),

month_ends as (

    select
        months.programme_id,
        max(months.treatment_code) as treatment_code,
        months.partner_category,
        months.benefit_month,
        cast(months.benefit_month + interval 1 month - interval 1 day as date) as month_end_on,
        cast(months.benefit_month + interval 1 month - interval 1 day as date)
        <= delivery_facts.as_of_date as is_ended
    from months
    cross join delivery_facts
    group by 1, 3, 4, 5, 6

),

redeemed as (

    select
        month_ends.programme_id,
        month_ends.partner_category,
        month_ends.benefit_month,
        count(*) as redeemed_count,
        sum(redemptions.face_value_krw) as face_value_krw,
        sum(redemptions.carrier_share_krw) as redeemed_krw,
        sum(
            case
                when redemptions.loaded_on <= month_ends.month_end_on
                    then redemptions.carrier_share_krw
                else 0
            end
        ) as redeemed_by_month_end_krw
    from month_ends
    inner join redemptions
        on
            month_ends.programme_id = redemptions.programme_id
            and month_ends.partner_category = redemptions.partner_category
            and month_ends.benefit_month = redemptions.benefit_month
    group by 1, 2, 3

),

amounts as (

    select
        month_ends.programme_id,
        month_ends.treatment_code,
        month_ends.partner_category,
        month_ends.benefit_month,
        month_ends.month_end_on,
        month_ends.is_ended,
        coalesce(issues.issued_count, 0) as issued_count,
        coalesce(issues.expected_low_krw, 0) as expected_low_krw,
        coalesce(issues.expected_krw, 0) as expected_krw,
        coalesce(issues.expected_high_krw, 0) as expected_high_krw,
        coalesce(redeemed.redeemed_count, 0) as redeemed_count,
        coalesce(redeemed.face_value_krw, 0) as face_value_krw,
        coalesce(redeemed.redeemed_krw, 0) as redeemed_krw,
        coalesce(redeemed.redeemed_by_month_end_krw, 0) as redeemed_by_month_end_krw
    from month_ends
    left join issues
        on
            month_ends.programme_id = issues.programme_id
            and month_ends.partner_category = issues.partner_category
            and month_ends.benefit_month = issues.benefit_month
    left join redeemed
        on
            month_ends.programme_id = redeemed.programme_id
            and month_ends.partner_category = redeemed.partner_category
            and month_ends.benefit_month = redeemed.benefit_month

),

final as (

    select
        programme_id,
        treatment_code,
        partner_category,
        benefit_month,
        month_end_on,
        is_ended,
        issued_count,
        expected_low_krw,
        expected_krw,
        expected_high_krw,
        redeemed_count,
        cast(face_value_krw as bigint) as face_value_krw,
        cast(redeemed_krw as bigint) as redeemed_krw,
        cast(
            case
                when is_ended then greatest(expected_krw - redeemed_by_month_end_krw, 0)
                else 0
            end as bigint
        ) as breakage_krw,
        cast(
            case
                when is_ended then greatest(redeemed_by_month_end_krw - expected_krw, 0)
                else 0
            end as bigint
        ) as excess_krw,
        cast(
            case when is_ended then redeemed_krw - redeemed_by_month_end_krw else 0 end as bigint
        ) as late_krw
    from amounts

)

select * from final
