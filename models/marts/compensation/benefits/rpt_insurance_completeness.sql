-- Grain: one row per (insurance programme whose reference day has come, state of its customers).
-- customers adds up to all for whom the programme is meant and all who are enrolled.

with entitlements as (

    select * from {{ ref('fct_insurance_entitlements') }}

),

population as (

    select * from {{ ref('int_insurance_population') }}

),

programme_rules as (

    select * from {{ ref('int_programme_rules_known') }}

),

enrolled as (

    select distinct
        programme_id,
        customer_key
    from entitlements
    where age_state in ('under_age', 'not_a_person')

),

not_enrolled as (

    select
        population.programme_id,
        population.age_state,
        case population.age_state
            when 'under_age' then 'too_young_not_enrolled'
            else 'not_a_person'
        end as state,
        count(*) as customers
    from population
    left join enrolled
        on
            population.programme_id = enrolled.programme_id
            and population.customer_key = enrolled.customer_key
    where
        population.age_state in ('under_age', 'not_a_person')
        and enrolled.customer_key is null
    group by 1, 2, 3

),

states as (

    select
        programme_id,
        age_state,
        state,
        customers
    from not_enrolled
    union all
    select
        programme_id,
        age_state,
        state,
        count(*) as customers
    from entitlements
    group by 1, 2, 3

),

due as (

    select
        programme_id,
        age_state,
        state,
        customers,
        age_state in ('of_age', 'not_asked') as is_due,
        sum(case when age_state in ('of_age', 'not_asked') then customers else 0 end) over (
            partition by programme_id
        ) as due_customers
    from states

),

final as (

    select
        cast(due.programme_id as string) as programme_id,
        cast(due.age_state as string) as age_state,
        cast(due.state as string) as state,
        cast(programme_rules.reference_on as date) as reference_on,
        cast(programme_rules.min_age as bigint) as min_age,
        cast(due.customers as bigint) as customers,
        cast(due.is_due as boolean) as is_due,
        cast(
            case
                when due.is_due
                    then
                        round(
                            cast(due.customers as double) / nullif(due.due_customers, 0), 6
                        )
            end as decimal(9, 6)
        ) as due_share
    from due
    inner join programme_rules
        on due.programme_id = programme_rules.programme_id

)

select * from final
