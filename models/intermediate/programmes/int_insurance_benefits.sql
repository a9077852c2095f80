-- Grain: one row per (insurance programme, customer, month with cover or with a claim paid).
-- Cover belongs to a person, not to a line. Only months begun by the as-of date are counted.

with covers as (

    select * from {{ ref('int_insurance_covers') }}

),

accruals as (

    select * from {{ ref('int_insurance_accruals') }}

),

insurance_claims as (

    select * from {{ ref('stg_operator__insurance_claims') }}

),

parts as (

    select
        covers.programme_id,
        covers.treatment_code,
        covers.unit_cost_krw,
        covers.customer_key,
        accruals.benefit_month,
        accruals.insured_months,
        accruals.premium_krw,
        cast(0 as bigint) as claims_paid_krw
    from covers
    inner join accruals
        on
            covers.programme_id = accruals.programme_id
            and covers.cover_from = accruals.cover_from
    where covers.premium_total_krw > 0
    union all
    select
        covers.programme_id,
        covers.treatment_code,
        covers.unit_cost_krw,
        covers.customer_key,
        cast(date_trunc('month', insurance_claims.paid_on) as date) as benefit_month,
        cast(0 as bigint) as insured_months,
        cast(0 as bigint) as premium_krw,
        insurance_claims.paid_krw as claims_paid_krw
    from insurance_claims
    inner join covers
        on insurance_claims.enrolment_id = covers.enrolment_id
    where insurance_claims.paid_on is not null

),

-- Nearly everybody has one cover and was paid no claim: what one cover gives in a month is a row
-- as it is. Only the others' parts have to be added up, a thousandth of millions.
customers_with_several as (

    select customer_key
    from covers
    group by 1
    having count(*) > 1
    union
    select covers.customer_key
    from insurance_claims
    inner join covers
        on insurance_claims.enrolment_id = covers.enrolment_id

),

added_up as (

    select
        parts.programme_id,
        parts.treatment_code,
        parts.customer_key,
        parts.benefit_month,
        parts.unit_cost_krw,
        sum(parts.insured_months) as insured_months,
        sum(parts.premium_krw) as premium_krw,
        sum(parts.claims_paid_krw) as claims_paid_krw
    from parts
    inner join customers_with_several
        on parts.customer_key = customers_with_several.customer_key
    group by 1, 2, 3, 4, 5

),

every_month as (

    select
        parts.programme_id,
        parts.treatment_code,
        parts.customer_key,
        parts.benefit_month,
        parts.unit_cost_krw,
        parts.insured_months,
        parts.premium_krw,
        parts.claims_paid_krw
    from parts
    left join customers_with_several
        on parts.customer_key = customers_with_several.customer_key
    where customers_with_several.customer_key is null
    union all
    select
        programme_id,
        treatment_code,
        customer_key,
        benefit_month,
        unit_cost_krw,
        insured_months,
        premium_krw,
        claims_paid_krw
    from added_up

),

final as (

    select
        programme_id,
        treatment_code,
        customer_key,
        benefit_month,
        unit_cost_krw,
        cast(insured_months as bigint) as insured_months,
        cast(premium_krw as bigint) as premium_krw,
        cast(claims_paid_krw as bigint) as claims_paid_krw
    from every_month

)

select * from final
