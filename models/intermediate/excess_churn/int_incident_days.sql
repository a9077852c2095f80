-- Grain: one row per (incident, observed processing day in one of its periods).
-- Periods as the register knows them at the as-of date. A day belongs to one incident of the
-- operator at most, so that it is counted once: the one whose period began last.

with incident_periods as (

    select * from {{ ref('ref_incident_periods') }}

),

incidents as (

    select * from {{ ref('stg_operator__incidents') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- Who leaves another carrier because of its incident is no loss of the operator's.
own_incidents as (

    select distinct incidents.incident_id
    from incidents
    inner join carriers
        on incidents.carrier = carriers.carrier_code
    where carriers.is_operator

),

periods_ranked as (

    select
        incident_periods.incident_id,
        incident_periods.period_kind,
        incident_periods.period_from,
        incident_periods.period_to,
        row_number() over (
            partition by incident_periods.incident_id, incident_periods.period_kind
            order by incident_periods.known_from desc nulls last
        ) as recency
    from incident_periods
    cross join delivery_facts
    where incident_periods.known_from <= delivery_facts.as_of_date

),

days_in_periods as (

    select
        periods_ranked.incident_id,
        calendar.calendar_date as processed_on,
        periods_ranked.period_kind,
        periods_ranked.period_from,
        own_incidents.incident_id is not null as is_own_incident
    from periods_ranked
    inner join calendar
        on
            periods_ranked.period_from <= calendar.calendar_date
            and periods_ranked.period_to >= calendar.calendar_date
    inner join delivery_facts
        on
            calendar.calendar_date
            between delivery_facts.observed_from and delivery_facts.as_of_date
    left join own_incidents
        on periods_ranked.incident_id = own_incidents.incident_id
    where
        periods_ranked.recency = 1
        and calendar.is_processing_day

),

-- Which incident of the operator has the day?
days_assigned as (

    select
        processed_on,
        max_by(incident_id, cast(period_from as string) || incident_id) as incident_id
    from days_in_periods
    where is_own_incident
    group by 1

),

final as (

    select
        days_in_periods.incident_id,
        days_in_periods.processed_on,
        days_in_periods.period_kind,
        days_in_periods.period_from,
        days_in_periods.is_own_incident
    from days_in_periods
    left join days_assigned
        on days_in_periods.processed_on = days_assigned.processed_on
    where
        not days_in_periods.is_own_incident
        or days_in_periods.incident_id = days_assigned.incident_id

)

select * from final
