{{ config(materialized='view', meta={'rows_kept_by': 'customer_key'}) }}

{# The birth date stays behind: what comes out is on which side of an age a customer stood. #}
with

customers as (
    select * from {{ ref('stg_operator__customer_vault') }}
),

programmes as (
    select * from {{ ref('ref_programmes') }}
),

eligibility as (
    select * from {{ ref('ref_programme_eligibility') }}
),

-- Which ages are asked about on which days, by the terms known so far? Who was born by the same day
-- of an earlier year is of age, so that two days are compared, and no age is worked out for
-- millions. Who was born on 29 February has a birthday on 1 March of other years: the last of
-- February is before both.
ages_asked as (
    select distinct
        eligibility.reference_on,
        programmes.min_auto_enrol_age as min_age,
        {{ years_before('eligibility.reference_on', 'programmes.min_auto_enrol_age') }} as born_by
    from programmes
    inner join eligibility on programmes.programme_id = eligibility.programme_id
    where
        programmes.known_from <= {{ as_of_date() }}
        and eligibility.known_from <= {{ as_of_date() }}
        and eligibility.reference_on is not null
        and programmes.min_auto_enrol_age is not null
),

final as (
    select
        customers.customer_key,
        ages_asked.reference_on,
        ages_asked.min_age,
        case
            when customers.birth_date is null then 'unknown'
            when customers.birth_date <= ages_asked.born_by then 'of_age'
            else 'under_age'
        end as age_state,
        customers.customer_type
    from customers
    cross join ages_asked
)

select * from final
