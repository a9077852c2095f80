{{
    config(
        materialized='keyed',
        unique_key='enrolment_id',
        meta={'entity': 'insurance_enrolments'},
    )
}}

with

delivered as (
    {{ delivered_rows('insurance_enrolments') }}
),

exceptions as (
    select * from {{ ref('stg_operator__insurance_enrolments_exceptions') }}
    {{ in_scope('natural_id') }}
),

customers as (
    select * from {{ ref('stg_operator__customer_vault') }}
    {{ in_scope('customer_id') }}
),

age_bands as (
    select * from {{ ref('ref_age_bands') }}
),

accepted as (
    {{ accepted_rows('insurance_enrolments') }}
),

typed as (
    select
        accepted.enrolment_id,
        customers.customer_key,
        {{ as_date('accepted.enrolled_on') }} as enrolled_on,
        {{ as_text('accepted.route') }} as route,
        {{ as_date('accepted.cover_from') }} as cover_from,
        {{ as_date('accepted.cover_to') }} as cover_to,
        accepted.delivered_on as loaded_on,
        customers.birth_date
    from accepted
    inner join customers on accepted.customer_id = customers.customer_id
),

aged as (
    select
        enrolment_id,
        customer_key,
        enrolled_on,
        route,
        cover_from,
        cover_to,
        loaded_on,
        {{ age_in_years('birth_date', 'enrolled_on') }} as age
    from typed
),

-- Which band is each age that occurs? Joined by equality, because millions of enrolments are.
banded as (
    select
        ages.age,
        age_bands.band_code
    from (select distinct age from aged) as ages
    inner join age_bands on ages.age between age_bands.min_age and age_bands.max_age
),

final as (
    select
        aged.enrolment_id,
        aged.customer_key,
        aged.enrolled_on,
        aged.route,
        aged.cover_from,
        aged.cover_to,
        coalesce(banded.band_code, 'unknown') as age_at_enrolment_band,
        aged.loaded_on
    from aged
    left join banded on aged.age = banded.age
)

select * from final
