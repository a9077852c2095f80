-- A benefit without a rule of eligibility would be given to nobody, coupons without an offer would
-- cost nothing, an insurance without terms would cover nothing; and an open end, an order of values
-- or a programme that comes before its rules are mistakes of the register.

with programmes as (

    select * from {{ ref('ref_programmes') }}

),

eligibility as (

    select * from {{ ref('ref_programme_eligibility') }}

),

offers as (

    select * from {{ ref('ref_partner_offers') }}

),

terms as (

    select * from {{ ref('ref_insurance_terms') }}

),

rules as (

    select 'data' as kind, programme_id, known_from from eligibility
    union all
    select 'partner_discount' as kind, programme_id, known_from from eligibility
    union all
    select 'insurance' as kind, programme_id, known_from from eligibility

),

final as (

    select 'programme ' || programmes.programme_id || ' has no rule of eligibility' as problem
    from programmes
    left join rules
        on
            programmes.programme_id = rules.programme_id
            and programmes.kind = rules.kind
            and programmes.known_from >= rules.known_from
    where
        programmes.kind in ('data', 'partner_discount', 'insurance')
        and rules.programme_id is null
    union all
    select 'programme ' || programmes.programme_id || ' has no partner offer' as problem
    from programmes
    left join offers
        on
            programmes.programme_id = offers.programme_id
            and programmes.known_from >= offers.known_from
    where
        programmes.kind = 'partner_discount'
        and offers.programme_id is null
    union all
    select 'programme ' || programmes.programme_id || ' has no insurance terms' as problem
    from programmes
    left join terms
        on
            programmes.programme_id = terms.programme_id
            and programmes.known_from >= terms.known_from
    where
        programmes.kind = 'insurance'
        and (terms.programme_id is null or programmes.months is null)
    union all
    select
        'offer ' || programme_id || ' ' || partner_category || ' is not in order: low, base, high'
            as problem
    from offers
    where
        not (
            share_low_krw between 0 and share_base_krw
            and share_base_krw <= share_high_krw
            and take_up_low_rate between 0 and take_up_base_rate
            and take_up_base_rate <= take_up_high_rate
            and take_up_high_rate <= 1
            and coupons_per_month > 0
        )
    union all
    select 'terms of ' || programme_id || ' cover no part of a loss, or more than it' as problem
    from terms
    where not (covered_percent between 1 and 100 and coalesce(limit_krw > 0, true))

)

select * from final
