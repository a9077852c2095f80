{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'exposed_identifiers'}) }}

with

delivered as (
    {{ delivered_rows('exposed_identifiers') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

incidents as (
    select * from {{ ref('stg_operator__incidents') }}
),

access_points as (
    select * from {{ ref('stg_operator__access_points') }}
),

resolved as (
    select
        {{ delivered_columns('exposed_identifiers', 'delivered') }}
        lines.line_id is null as is_line_unknown,
        incidents.incident_id is null as is_incident_unknown,
        delivered.access_point_id <> ''
        and access_points.access_point_id is null as is_access_point_unknown
    from delivered
    left join lines on delivered.line_id = lines.line_id
    left join incidents on delivered.incident_id = incidents.incident_id
    left join access_points on delivered.access_point_id = access_points.access_point_id
),

checked as (
    select
        {{ delivered_columns('exposed_identifiers', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['incident_id', 'line_id', 'element']),
            'invalid_date': unreadable_dates(['first_seen_on', 'confirmed_on']) + absent(['confirmed_on']),
            'impossible_date': not_yet_happened(['first_seen_on', 'confirmed_on'])
                + ends_before_it_starts('first_seen_on', 'confirmed_on'),
            'unknown_code': not_in_code_list({'element': 'identifier_element'}),
            'orphan_line': ['is_line_unknown'],
            'orphan_parent': ['is_incident_unknown', 'is_access_point_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('exposed_identifiers') }}

select * from final
