-- Grain: one row per (incident, observed processing day in one of its periods).
-- Periods as the register knows them at the as-of date.

with incident_periods as (

    select * from {{ ref('ref_incident_periods') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

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

final as (

    select
        periods_ranked.incident_id,
        calendar.calendar_date as processed_on,
        periods_ranked.period_kind,
        periods_ranked.period_from,
        -- Who leaves another carrier because of its incident is no loss of the operator's.
        periods_ranked.period_kind <> 'leave_window' as is_own_incident
    from periods_ranked
    inner join calendar
        on
            periods_ranked.period_from <= calendar.calendar_date
            and periods_ranked.period_to >= calendar.calendar_date
    inner join delivery_facts
        on
            calendar.calendar_date
            between delivery_facts.observed_from and delivery_facts.as_of_date
    where
        periods_ranked.recency = 1
        and calendar.is_processing_day

)

select * from final
