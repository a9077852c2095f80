-- Grain: one row per (insurance programme, customer, month with cover or with a claim paid).
-- Cover belongs to a person, not to a line. An enrolment names no programme: it is the one whose
-- term in months comes nearest to the length of the cover. Only months begun by the as-of date are
-- counted.

with enrolments as (

    select * from {{ ref('stg_operator__insurance_enrolments') }}

),

insurance_claims as (

    select * from {{ ref('stg_operator__insurance_claims') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

insurance_programmes as (

    select
        programmes.programme_id,
        programmes.treatment_code,
        programmes.months,
        cast(assumptions.base as bigint) as unit_cost_krw
    from programmes
    left join assumptions
        on
            programmes.programme_id = assumptions.programme_id
            and assumptions.parameter = 'unit_cost_krw'
    where programmes.kind = 'insurance'

),

months_begun as (

    select distinct cast(date_trunc('month', calendar.calendar_date) as date) as benefit_month
    from calendar
    cross join delivery_facts
    where calendar.calendar_date <= delivery_facts.as_of_date

),

covers as (

    select
        enrolment_id,
        customer_key,
        cast(date_trunc('month', cover_from) as date) as first_month,
        cast(date_trunc('month', cover_to) as date) as last_month,
        cast(
            {{ dbt.datediff('cover_from', 'cast(cover_to + interval 1 day as date)', 'month') }}
            as bigint
        ) as cover_months
    from enrolments

),

cover_lengths as (

    select distinct cover_months from covers

),

lengths_ranked as (

    select
        cover_lengths.cover_months,
        insurance_programmes.programme_id,
        insurance_programmes.treatment_code,
        insurance_programmes.unit_cost_krw,
        row_number() over (
            partition by cover_lengths.cover_months
            order by
                abs(cover_lengths.cover_months - insurance_programmes.months) asc nulls last,
                insurance_programmes.programme_id asc nulls last
        ) as nearness
    from cover_lengths
    cross join insurance_programmes

),

covers_assigned as (

    select
        covers.enrolment_id,
        covers.customer_key,
        covers.first_month,
        covers.last_month,
        lengths_ranked.programme_id,
        lengths_ranked.treatment_code,
        lengths_ranked.unit_cost_krw
    from covers
    inner join lengths_ranked
        on
            covers.cover_months = lengths_ranked.cover_months
            and lengths_ranked.nearness = 1

),

parts as (

    select
        covers_assigned.programme_id,
        covers_assigned.treatment_code,
        covers_assigned.unit_cost_krw,
        covers_assigned.customer_key,
        months_begun.benefit_month,
        cast(1 as bigint) as insured_months,
        cast(0 as bigint) as claims_paid_krw
    from covers_assigned
    inner join months_begun
        on
            covers_assigned.first_month <= months_begun.benefit_month
            and covers_assigned.last_month >= months_begun.benefit_month
    union all
    select
        covers_assigned.programme_id,
        covers_assigned.treatment_code,
        covers_assigned.unit_cost_krw,
        covers_assigned.customer_key,
        cast(date_trunc('month', insurance_claims.paid_on) as date) as benefit_month,
        cast(0 as bigint) as insured_months,
        insurance_claims.paid_krw as claims_paid_krw
    from insurance_claims
    inner join covers_assigned
        on insurance_claims.enrolment_id = covers_assigned.enrolment_id
    where insurance_claims.paid_on is not null

),

final as (

    select
        programme_id,
        treatment_code,
        customer_key,
        benefit_month,
        unit_cost_krw,
        max(insured_months) as insured_months,
        cast(sum(claims_paid_krw) as bigint) as claims_paid_krw
    from parts
    group by 1, 2, 3, 4, 5

)

select * from final
