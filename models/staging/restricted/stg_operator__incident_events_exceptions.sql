with

delivered as (
    {{ delivered_rows('incident_events') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

incidents as (
    select * from {{ ref('stg_operator__incidents') }}
),

resolved as (
    select
        {{ delivered_columns('incident_events', 'delivered') }}
        incidents.incident_id is null as is_incident_unknown
    from delivered
    left join incidents on delivered.incident_id = incidents.incident_id
),

checked as (
    select
        {{ delivered_columns('incident_events', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['event_id', 'incident_id']),
            'invalid_date': unreadable_dates(['occurred_on']) + absent(['occurred_on']),
            'impossible_date': not_yet_happened(['occurred_on']),
            'unknown_code': not_in_code_list({'event_kind': 'incident_event_kind'}) + absent(['event_kind']),
            'orphan_parent': ['is_incident_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('incident_events') }}

select * from final
