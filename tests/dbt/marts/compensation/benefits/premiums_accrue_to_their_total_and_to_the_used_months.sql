-- A premium never accrues beyond its total and has accrued in full on the last day of cover; what
-- the covers have accrued is what fct_benefit_utilisation has in its months.

with covers as (

    select * from {{ ref('fct_insurance_covers') }}

),

utilisation as (

    select * from {{ ref('fct_benefit_utilisation') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

accrued as (

    select programme_id, sum(premium_accrued_krw) as premium_krw
    from covers
    group by 1

),

used as (

    select programme_id, sum(cost_krw) as premium_krw
    from utilisation
    where unit = 'insured_month'
    group by 1

),

final as (

    select
        covers.programme_id,
        covers.enrolment_id as subject
    from covers
    cross join delivery_facts
    where
        covers.premium_accrued_krw < 0
        or covers.premium_accrued_krw > covers.premium_total_krw
        or (
            covers.expected_cover_to <= delivery_facts.as_of_date
            and covers.premium_accrued_krw != covers.premium_total_krw
        )
    union all
    select
        coalesce(accrued.programme_id, used.programme_id) as programme_id,
        'all covers' as subject
    from accrued
    full outer join used
        on accrued.programme_id = used.programme_id
    where coalesce(accrued.premium_krw, 0) != coalesce(used.premium_krw, 0)

)

select * from final
