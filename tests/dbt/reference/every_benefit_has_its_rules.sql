-- A benefit without a rule of eligibility would be given to nobody, coupons without an offer would
-- cost nothing, an insurance without terms would cover nothing, a code that no export has would
-- leave everybody out; and so would a rule that is known only after its programme.

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

code_lists as (

    select * from {{ ref('ref_code_lists') }}

),

-- Does a list name a code that the exports do not have? Then fewer codes are found in it than it
-- has parts.
lists as (

    select programme_id, known_from, 'line_kind' as code_list, line_kinds as codes
    from eligibility
    union all
    select programme_id, known_from, 'customer_type' as code_list, customer_types as codes
    from eligibility
    where customer_types is not null

),

lists_read as (

    select
        lists.programme_id,
        lists.code_list,
        lists.codes,
        count(*) filter (
            where {{ is_listed('code_lists.code', bounded_list('lists.codes')) }}
        ) as known_codes,
        length(lists.codes) - length(replace(lists.codes, '|', '')) + 1 as parts
    from lists
    inner join code_lists
        on lists.code_list = code_lists.code_list
    group by lists.programme_id, lists.known_from, lists.code_list, lists.codes

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
    select
        'eligibility of ' || programme_id || ' lists an unknown ' || code_list || ': ' || codes
            as problem
    from lists_read
    where known_codes != parts
    union all
    select 'terms of ' || programme_id || ' cover no part of a loss, or more than it' as problem
    from terms
    where not (covered_percent between 1 and 100 and coalesce(limit_krw > 0, true))

)

select * from final
