-- Grain: one row per (kind of event, programme, month of the benefit, day on which it became
-- known): what benefits cost, in the form in which it is booked.
-- Every amount is known for good on its day: premiums and breakage once their month has ended,
-- coupons on the first of the month, records from the batch that delivered them. What is learnt
-- later is a row of its own. Of every month that has ended: issued - breakage + cost of partner
-- discounts is the operator's share of what was redeemed.

with data_benefits as (

    select * from {{ ref('int_data_benefits') }}

),

victims as (

    select * from {{ ref('int_incident_victims') }}

),

benefit_choices as (

    select * from {{ ref('stg_operator__benefit_choices') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

partner_costs as (

    select * from {{ ref('int_partner_costs') }}

),

redemptions as (

    select * from {{ ref('int_partner_redemptions') }}

),

covers as (

    select * from {{ ref('int_insurance_covers') }}

),

accruals as (

    select * from {{ ref('int_insurance_accruals') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- Covers that began on one day and became known on one day cost the same: counted, then multiplied.
covers_counted as (

    select
        programme_id,
        treatment_code,
        cover_from,
        loaded_on,
        count(*) as covers
    from covers
    where premium_total_krw > 0
    group by 1, 2, 3, 4

),

amounts as (

    select
        'benefit_cost' as event_kind,
        data_benefits.programme_id,
        data_benefits.treatment_code,
        data_benefits.benefit_month,
        data_benefits.loaded_on as known_from,
        data_benefits.cost_krw as amount_krw
    from data_benefits
    union all
    select
        'benefit_cost' as event_kind,
        programmes.programme_id,
        programmes.treatment_code,
        cast(date_trunc('month', victims.chosen_on) as date) as benefit_month,
        benefit_choices.loaded_on as known_from,
        programmes.quantity_per_unit as amount_krw
    from victims
    inner join programmes
        on
            programmes.kind = 'bill_discount'
            and victims.incident_id = programmes.incident_id
    inner join benefit_choices
        on
            victims.line_key = benefit_choices.line_key
            and victims.incident_id = benefit_choices.incident_id
    where victims.choice = 'discount'
    union all
    select
        'benefit_issued' as event_kind,
        programme_id,
        treatment_code,
        benefit_month,
        benefit_month as known_from,
        expected_krw as amount_krw
    from partner_costs
    union all
    select
        'benefit_breakage' as event_kind,
        programme_id,
        treatment_code,
        benefit_month,
        month_end_on as known_from,
        breakage_krw as amount_krw
    from partner_costs
    where is_ended
    union all
    select
        'benefit_cost' as event_kind,
        programme_id,
        treatment_code,
        benefit_month,
        month_end_on as known_from,
        excess_krw as amount_krw
    from partner_costs
    where is_ended
    union all
    select
        'benefit_cost' as event_kind,
        redemptions.programme_id,
        redemptions.treatment_code,
        redemptions.benefit_month,
        redemptions.loaded_on as known_from,
        redemptions.carrier_share_krw as amount_krw
    from redemptions
    where
        redemptions.loaded_on
        > cast(redemptions.benefit_month + interval 1 month - interval 1 day as date)
    union all
    select
        'premium_accrued' as event_kind,
        covers_counted.programme_id,
        covers_counted.treatment_code,
        accruals.benefit_month,
        greatest(
            covers_counted.loaded_on,
            cast(accruals.benefit_month + interval 1 month - interval 1 day as date)
        ) as known_from,
        covers_counted.covers * accruals.premium_krw as amount_krw
    from covers_counted
    inner join accruals
        on
            covers_counted.programme_id = accruals.programme_id
            and covers_counted.cover_from = accruals.cover_from

),

final as (

    select
        amounts.event_kind,
        amounts.programme_id,
        amounts.benefit_month,
        amounts.known_from,
        least(
            amounts.known_from,
            cast(amounts.benefit_month + interval 1 month - interval 1 day as date)
        ) as posted_on,
        cast(sum(amounts.amount_krw) as bigint) as amount_krw,
        max(amounts.treatment_code) as treatment_code
    from amounts
    cross join delivery_facts
    where
        amounts.known_from <= delivery_facts.as_of_date
        and amounts.amount_krw > 0
    group by 1, 2, 3, 4, 5

)

select * from final
