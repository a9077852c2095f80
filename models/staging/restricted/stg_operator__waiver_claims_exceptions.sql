{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'waiver_claims'}) }}

with

delivered as (
    {{ delivered_rows('waiver_claims') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

resolved as (
    select
        {{ delivered_columns('waiver_claims', 'delivered') }}
        lines.line_id is null as is_line_unknown
    from delivered
    left join lines on delivered.line_id = lines.line_id
),

checked as (
    select
        {{ delivered_columns('waiver_claims', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['claim_id', 'line_id']),
            'invalid_date': unreadable_dates(['obstacle_ended_on']),
            'invalid_timestamp': unreadable_timestamps(['claimed_at']) + absent(['claimed_at']),
            'impossible_date': not_yet_happened(['claimed_at']),
            'unknown_code': not_in_code_list({'operator_decision': 'operator_decision'})
                + absent(['operator_decision', 'payee_is_owner'])
                + unreadable_booleans(['payee_is_owner']),
            'orphan_line': ['is_line_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('waiver_claims') }}

select * from final
