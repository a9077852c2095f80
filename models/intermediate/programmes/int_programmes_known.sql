-- Grain: one row per programme announced by the as-of date, in its newest known terms.

with programmes as (

    select * from {{ ref('ref_programmes') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

known_programmes as (

    select
        programmes.programme_id,
        programmes.known_from,
        programmes.programme_name,
        programmes.kind,
        programmes.announced_on,
        programmes.starts_on,
        programmes.ends_on,
        programmes.months,
        programmes.unit,
        programmes.quantity_per_unit,
        programmes.announced_krw,
        programmes.package_id,
        programmes.is_victims_only,
        programmes.victim_sign,
        programmes.incident_id,
        programmes.treatment_code,
        min(programmes.known_from) over (partition by programmes.programme_id) as promised_from,
        row_number() over (
            partition by programmes.programme_id
            order by programmes.known_from desc nulls last
        ) as recency
    from programmes
    cross join delivery_facts
    where programmes.known_from <= delivery_facts.as_of_date

),

final as (

    select
        programme_id,
        known_from,
        promised_from,
        programme_name,
        kind,
        announced_on,
        starts_on,
        ends_on,
        months,
        unit,
        quantity_per_unit,
        announced_krw,
        package_id,
        is_victims_only,
        {{ bounded_list('victim_sign') }} as victim_signs,
        incident_id,
        treatment_code
    from known_programmes
    where recency = 1

)

select * from final
