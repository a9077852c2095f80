{{ config(materialized='view') }}

-- Grain: one row per (time_origin, incident_id): a clock that lines are followed on, with the
-- newest rules known at the as-of date.

with rules as (

    select * from {{ ref('ref_survival_rules') }}

),

incidents as (

    select * from {{ ref('stg_operator__incidents') }}

),

incident_events as (

    select * from {{ ref('stg_operator__incident_events') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

rules_ranked as (

    select
        rules.time_origin,
        {{ bounded_list('rules.line_kinds') }} as line_kinds,
        rules.own_brand_only,
        {{ bounded_list('rules.departure_kinds') }} as departure_kinds,
        rules.min_at_risk,
        rules.report_every_days,
        rules.interval_z,
        row_number() over (
            partition by rules.time_origin
            order by rules.known_from desc nulls last
        ) as recency
    from rules
    inner join delivery_facts
        on rules.known_from <= delivery_facts.as_of_date

),

-- From when on is time counted? From each line's own activation or signing (no day here), and from
-- the first disclosure of each incident of the operator.
clocks as (

    select
        time_origin,
        'none' as incident_id,
        cast(null as date) as started_on
    from rules_ranked
    where
        recency = 1
        and time_origin <> 'disclosure'
    union all
    select
        'disclosure' as time_origin,
        incidents.incident_id,
        min(incident_events.occurred_on) as started_on
    from incidents
    inner join carriers
        on incidents.carrier = carriers.carrier_code
    inner join incident_events
        on incidents.incident_id = incident_events.incident_id
    where
        carriers.is_operator
        and incident_events.event_kind = 'disclosed'
    group by incidents.incident_id

),

final as (

    select
        clocks.time_origin,
        clocks.incident_id,
        clocks.started_on,
        rules_ranked.line_kinds,
        rules_ranked.own_brand_only,
        rules_ranked.departure_kinds,
        rules_ranked.min_at_risk,
        rules_ranked.report_every_days,
        rules_ranked.interval_z
    from clocks
    inner join rules_ranked
        on
            clocks.time_origin = rules_ranked.time_origin
            and rules_ranked.recency = 1

)

select * from final
