-- Grain: one row per (insurance programme, customer who is to be enrolled without an application,
-- whose age is unknown, or who is enrolled). Customers too young who did not apply have no row:
-- they are counted in rpt_insurance_completeness.

{{ config(materialized='keyed', unique_key='customer_key') }}

with population as (

    select * from {{ ref('int_insurance_population') }}
    {{ in_scope('customer_key') }}

),

covers as (

    select * from {{ ref('int_insurance_covers') }}
    {{ in_scope('customer_key') }}

),

enrolled as (

    select
        programme_id,
        customer_key,
        count(*) filter (where route = 'automatic') > 0 as is_automatic,
        min(enrolled_on) as enrolled_on
    from covers
    where not is_doubled
    group by 1, 2

),

joined as (

    select
        coalesce(population.programme_id, enrolled.programme_id) as programme_id,
        coalesce(population.customer_key, enrolled.customer_key) as customer_key,
        coalesce(population.age_state, 'not_in_population') as age_state,
        enrolled.is_automatic,
        enrolled.enrolled_on
    from population
    full outer join enrolled
        on
            population.programme_id = enrolled.programme_id
            and population.customer_key = enrolled.customer_key
    where
        enrolled.customer_key is not null
        or population.age_state in ('of_age', 'not_asked', 'unknown')

),

stated as (

    select
        programme_id,
        customer_key,
        age_state,
        enrolled_on,
        case
            when is_automatic and age_state = 'under_age' then 'enrolled_too_young'
            when is_automatic and age_state in ('not_in_population', 'not_a_person')
                then 'enrolled_without_entitlement'
            when is_automatic then 'enrolled_automatically'
            when not is_automatic then 'enrolled_by_application'
            when age_state = 'unknown' then 'unknown_birth_date'
            else 'missing'
        end as state
    from joined

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(customer_key as bigint) as customer_key,
        cast(age_state as string) as age_state,
        cast(state as string) as state,
        cast(state = 'unknown_birth_date' as boolean) as is_quarantined,
        cast(
            state in ('missing', 'enrolled_too_young', 'enrolled_without_entitlement')
            or (state = 'enrolled_by_application' and age_state in ('of_age', 'not_asked'))
            as boolean
        ) as is_finding,
        cast(enrolled_on as date) as enrolled_on
    from stated

)

select * from final
