with

delivered as (
    {{ delivered_rows('incidents') }}
),

carriers as (
    select * from {{ ref('ref_carriers') }}
),

checked as (
    select
        {{ delivered_columns('incidents', 'delivered') }}
        {{ first_reason({
            'missing_key': absent(['incident_id']),
            'invalid_date': unreadable_dates(
                ['started_on', 'ended_on', 'detected_on', 'reported_on']
            ) + absent(['started_on']),
            'impossible_date': not_yet_happened(
                ['started_on', 'ended_on', 'detected_on', 'reported_on']
            ) + ends_before_it_starts('started_on', 'ended_on'),
            'unknown_carrier': not_a_carrier(['carrier']) + absent(['carrier']),
        }) }} as reason_code
    from delivered
),

{{ row_exceptions('incidents') }}

select * from final
