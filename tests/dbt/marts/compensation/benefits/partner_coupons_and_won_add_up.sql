-- Coupons issued are redeemed, lapsed or open; expected - breakage + excess is the operator's
-- share of every ended month; and that share is the one fct_benefit_utilisation has.

with partner_discounts as (

    select * from {{ ref('rpt_partner_discounts_monthly') }}

),

utilisation as (

    select * from {{ ref('fct_benefit_utilisation') }}

),

reported as (

    select
        programme_id,
        benefit_month,
        sum(carrier_share_krw) as carrier_share_krw,
        sum(redeemed_count) as redeemed_count
    from partner_discounts
    group by 1, 2

),

used as (

    select
        programme_id,
        benefit_month,
        sum(cost_krw) as carrier_share_krw,
        sum(used) as redeemed_count
    from utilisation
    where unit = 'redemption'
    group by 1, 2

),

final as (

    select
        programme_id,
        benefit_month,
        partner_category || ': coupons' as problem
    from partner_discounts
    where
        greatest(issued_count, redeemed_count) != redeemed_count + breakage_count + open_count
    union all
    select
        programme_id,
        benefit_month,
        partner_category || ': won' as problem
    from partner_discounts
    where
        is_ended
        and expected_krw - breakage_krw + excess_krw != carrier_share_krw
    union all
    select
        coalesce(reported.programme_id, used.programme_id) as programme_id,
        coalesce(reported.benefit_month, used.benefit_month) as benefit_month,
        'reported and used differ' as problem
    from reported
    full outer join used
        on
            reported.programme_id = used.programme_id
            and reported.benefit_month = used.benefit_month
    where
        coalesce(reported.carrier_share_krw, 0) != coalesce(used.carrier_share_krw, 0)
        or coalesce(reported.redeemed_count, 0) != coalesce(used.redeemed_count, 0)

)

select * from final
