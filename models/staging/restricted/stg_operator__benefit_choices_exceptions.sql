{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'benefit_choices'}) }}

with

delivered as (
    {{ delivered_rows('benefit_choices') }}
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

resolved as (
    select
        {{ delivered_columns('benefit_choices', 'delivered') }}
        lines.line_id is null as is_line_unknown,
        incidents.incident_id is null as is_incident_unknown
    from delivered
    left join lines on delivered.line_id = lines.line_id
    left join incidents on delivered.incident_id = incidents.incident_id
),

checked as (
    select
        {{ delivered_columns('benefit_choices', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['line_id', 'incident_id']),
            'invalid_date': unreadable_dates(['chosen_on']) + absent(['chosen_on']),
            'impossible_date': not_yet_happened(['chosen_on']),
            'unknown_code': not_in_code_list({'choice': 'benefit_choice'}) + absent(['choice']),
            'orphan_line': ['is_line_unknown'],
            'orphan_parent': ['is_incident_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('benefit_choices') }}

select * from final
