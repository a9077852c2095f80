-- What a line costs at partners in a month stands in the offers, coupon by coupon, and in the
-- assumptions that value what is to come: they have to agree, within the rounding to whole won.

with offers as (

    select * from {{ ref('ref_partner_offers') }}

),

assumptions as (

    select * from {{ ref('ref_assumptions') }}

),

days as (

    select distinct programme_id, known_from
    from assumptions
    where parameter = 'redemption_cost_krw'

),

offers_by_day as (

    select
        days.programme_id,
        days.known_from,
        sum(offers.coupons_per_month * offers.share_base_krw * offers.take_up_base_rate) as krw
    from days
    inner join offers
        on
            days.programme_id = offers.programme_id
            and days.known_from >= offers.known_from
    group by 1, 2

),

assumed as (

    select
        costs.programme_id,
        costs.known_from,
        costs.base * take_ups.base as krw
    from assumptions as costs
    inner join assumptions as take_ups
        on
            costs.programme_id = take_ups.programme_id
            and costs.known_from = take_ups.known_from
            and take_ups.parameter = 'take_up_rate'
    where costs.parameter = 'redemption_cost_krw'

),

final as (

    select
        days.programme_id,
        days.known_from,
        offers_by_day.krw as offered_krw,
        assumed.krw as assumed_krw
    from days
    left join offers_by_day
        on
            days.programme_id = offers_by_day.programme_id
            and days.known_from = offers_by_day.known_from
    left join assumed
        on
            days.programme_id = assumed.programme_id
            and days.known_from = assumed.known_from
    where
        offers_by_day.krw is not null
        and (
            assumed.krw is null
            or abs(offers_by_day.krw - assumed.krw) > 0.01 * offers_by_day.krw
        )

)

select * from final
