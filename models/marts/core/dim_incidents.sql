-- Grain: one row per incident.

with incidents as (

    select * from {{ ref('stg_operator__incidents') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

final as (

    select
        cast(incidents.incident_id as string) as incident_id,
        cast(incidents.carrier as string) as carrier_code,
        cast(carriers.is_operator as boolean) as is_of_operator,
        cast(incidents.kind as string) as kind,
        cast(incidents.started_on as date) as started_on,
        cast(incidents.ended_on as date) as ended_on,
        cast(incidents.detected_on as date) as detected_on,
        cast(incidents.reported_on as date) as reported_on,
        cast(incidents.loaded_on as date) as known_from
    from incidents
    inner join carriers
        on incidents.carrier = carriers.carrier_code

)

select * from final
