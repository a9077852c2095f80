-- Whoever an insurance is meant for, and whoever is enrolled in it, is in one state.

with completeness as (

    select * from {{ ref('rpt_insurance_completeness') }}

),

population as (

    select * from {{ ref('int_insurance_population') }}

),

covers as (

    select * from {{ ref('fct_insurance_covers') }}

),

programme_rules as (

    select * from {{ ref('int_programme_rules_known') }}

),

-- The key of the population is tested, so that it is counted as it stands.
enrolled_alone as (

    select distinct
        covers.programme_id,
        covers.customer_key
    from covers
    inner join programme_rules
        on covers.programme_id = programme_rules.programme_id
    where
        not exists (
            select 1
            from population
            where
                population.programme_id = covers.programme_id
                and population.customer_key = covers.customer_key
        )

),

counted_apart as (

    select programme_id, count(*) as customers
    from population
    group by 1
    union all
    select programme_id, count(*) as customers
    from enrolled_alone
    group by 1

),

counted as (

    select programme_id, sum(customers) as customers
    from counted_apart
    group by 1

),

reported as (

    select programme_id, sum(customers) as customers
    from completeness
    group by 1

),

final as (

    select
        coalesce(counted.programme_id, reported.programme_id) as programme_id,
        counted.customers as counted_customers,
        reported.customers as reported_customers
    from counted
    full outer join reported
        on counted.programme_id = reported.programme_id
    where counted.customers is distinct from reported.customers

)

select * from final
