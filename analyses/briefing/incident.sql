with incidents as (

    select * from {{ ref('dim_incidents') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

)

select
    incidents.incident_id,
    carriers.carrier_name,
    incidents.kind as incident_kind,
    incidents.started_on,
    incidents.detected_on,
    incidents.reported_on
from incidents
left join carriers
    on incidents.carrier_code = carriers.carrier_code
where incidents.is_of_operator
order by incidents.started_on, incidents.incident_id
