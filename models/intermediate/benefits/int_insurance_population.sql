-- Grain: one row per (insurance programme whose reference day has come, customer it is meant for):
-- holders of an eligible line on that day, or of a confirmed victim's line.

{{ config(materialized='keyed', unique_key='customer_key') }}

with lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('customer_key') }}

),

customer_ages as (

    select * from {{ ref('stg_operator__customer_ages') }}
    {{ in_scope('customer_key') }}

),

customers as (

    select * from {{ ref('stg_operator__customers') }}
    {{ in_scope('customer_key') }}

),

victims as (

    select * from {{ ref('int_incident_victims') }}

),

programme_rules as (

    select * from {{ ref('int_programme_rules_known') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

insurances as (

    select
        programme_rules.programme_id,
        programme_rules.incident_id,
        programme_rules.is_victims_only,
        programme_rules.victim_signs,
        programme_rules.reference_on,
        programme_rules.min_age,
        programme_rules.line_kinds,
        programme_rules.customer_types,
        programme_rules.is_own_brand_only
    from programme_rules
    cross join delivery_facts
    where
        programme_rules.kind = 'insurance'
        and coalesce(programme_rules.reference_on <= delivery_facts.as_of_date, true)

),

holders as (

    select distinct
        insurances.programme_id,
        lines.customer_key
    from lines
    cross join insurances
    where
        not insurances.is_victims_only
        and (lines.is_own_brand or not insurances.is_own_brand_only)
        and {{ is_listed('lines.line_kind', 'insurances.line_kinds') }}
        and coalesce(lines.activated_on <= insurances.reference_on, true)
        and coalesce(lines.terminated_on > insurances.reference_on, true)
    union
    select
        insurances.programme_id,
        lines.customer_key
    from victims
    inner join lines
        on victims.line_key = lines.line_key
    inner join insurances
        on victims.incident_id = insurances.incident_id
    where
        insurances.is_victims_only
        and {{ is_confirmed_victim('victims', 'insurances.victim_signs') }}
        and (lines.is_own_brand or not insurances.is_own_brand_only)
        and {{ is_listed('lines.line_kind', 'insurances.line_kinds') }}

),

-- A customer of unknown age is neither old enough nor too young. One of unknown type is taken for
-- a person until the record is mended.
typed as (

    select
        holders.programme_id,
        holders.customer_key,
        insurances.customer_types,
        customer_ages.customer_type,
        coalesce(customer_ages.age_state, 'unknown') as age_state
    from holders
    inner join insurances
        on holders.programme_id = insurances.programme_id
    left join customer_ages
        on
            holders.customer_key = customer_ages.customer_key
            and insurances.reference_on = customer_ages.reference_on
            and insurances.min_age = customer_ages.min_age
    where insurances.min_age is not null
    union all
    select
        holders.programme_id,
        holders.customer_key,
        insurances.customer_types,
        customers.customer_type,
        'not_asked' as age_state
    from holders
    inner join insurances
        on holders.programme_id = insurances.programme_id
    left join customers
        on holders.customer_key = customers.customer_key
    where insurances.min_age is null

),

final as (

    select
        programme_id,
        customer_key,
        case
            when
                customer_type is not null
                and not coalesce({{ is_listed('customer_type', 'customer_types') }}, true)
                then 'not_a_person'
            else age_state
        end as age_state
    from typed

)

select * from final
