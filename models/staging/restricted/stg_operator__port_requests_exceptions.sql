{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'port_requests'}) }}

with

delivered as (
    {{ delivered_rows('port_requests') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

carriers as (
    select * from {{ ref('ref_carriers') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

resolved as (
    select
        {{ delivered_columns('port_requests', 'delivered') }}
        lines.line_id is null as is_line_unknown
    from delivered
    left join lines on delivered.line_id = lines.line_id
),

checked as (
    select
        {{ delivered_columns('port_requests', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['port_id', 'line_id']),
            'invalid_date': unreadable_dates(['processed_on']),
            'invalid_timestamp': unreadable_timestamps(['requested_at']) + absent(['requested_at']),
            'impossible_date': not_yet_happened(['requested_at', 'processed_on'])
                + [as_date('processed_on') ~ ' < ' ~ as_date('requested_at')],
            'unknown_code': not_in_code_list({'status': 'port_status'}) + absent(['status']),
            'unknown_carrier': not_a_carrier(['donor_carrier', 'recipient_carrier'])
                + absent(['donor_carrier', 'recipient_carrier']),
            'orphan_line': ['is_line_unknown'],
            'wrong_msisdn': [is_wrong_msisdn('msisdn')],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('port_requests') }}

select * from final
