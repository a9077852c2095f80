{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'contracts'}) }}

with

delivered as (
    {{ delivered_rows('contracts') }}
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
        {{ delivered_columns('contracts', 'delivered') }}
        lines.line_id is null as is_line_unknown
    from delivered
    left join lines on delivered.line_id = lines.line_id
),

checked as (
    select
        {{ delivered_columns('contracts', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['contract_id', 'line_id']),
            'invalid_date': unreadable_dates(['signed_on', 'ended_on']) + absent(['signed_on']),
            'impossible_date': not_yet_happened(['signed_on', 'ended_on'])
                + ends_before_it_starts('signed_on', 'ended_on'),
            'negative_amount': negative(
                ['term_months', 'term_days', 'monthly_discount_krw', 'subsidy_krw']
            ),
            'invalid_amount': unreadable_numbers(
                ['term_months', 'term_days', 'monthly_discount_krw', 'subsidy_krw']
            ) + absent(['term_months', 'term_days']),
            'unknown_code': not_in_code_list({'contract_kind': 'contract_kind'})
                + absent(['contract_kind']),
            'orphan_line': ['is_line_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('contracts') }}

select * from final
