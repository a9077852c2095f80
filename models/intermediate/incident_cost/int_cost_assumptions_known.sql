-- Grain: one row per assumption that the cost of an incident rests on, in its newest known version.
-- Those of a programme and those of the incident as a whole, which have no programme.

with programme_assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

incident_assumptions as (

    select * from {{ ref('ref_incident_assumptions') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

incident_assumptions_ranked as (

    select
        incident_assumptions.incident_id,
        incident_assumptions.parameter,
        incident_assumptions.assumption_id,
        incident_assumptions.unit,
        incident_assumptions.low,
        incident_assumptions.base,
        incident_assumptions.high,
        row_number() over (
            partition by incident_assumptions.incident_id, incident_assumptions.parameter
            order by
                incident_assumptions.known_from desc nulls last,
                incident_assumptions.assumption_id asc nulls last
        ) as recency
    from incident_assumptions
    cross join delivery_facts
    where incident_assumptions.known_from <= delivery_facts.as_of_date

),

final as (

    select
        programmes.incident_id,
        programme_assumptions.programme_id,
        programme_assumptions.parameter,
        programme_assumptions.assumption_id,
        programme_assumptions.unit,
        programme_assumptions.low,
        programme_assumptions.base,
        programme_assumptions.high
    from programme_assumptions
    inner join programmes
        on programme_assumptions.programme_id = programmes.programme_id
    union all
    select
        incident_id,
        cast(null as string) as programme_id,
        parameter,
        assumption_id,
        unit,
        low,
        base,
        high
    from incident_assumptions_ranked
    where recency = 1

)

select * from final
