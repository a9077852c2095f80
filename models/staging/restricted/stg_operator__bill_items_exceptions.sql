{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'bill_items'}) }}

with

delivered as (
    {{ delivered_rows('bill_items') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

contracts as (
    select * from {{ ref('stg_operator__contracts') }}
    {{ in_scope('contract_id', 'contracts') }}
),

resolved as (
    select
        {{ delivered_columns('bill_items', 'delivered') }}
        lines.line_id is null as is_line_unknown,
        delivered.contract_id <> ''
        and contracts.contract_id is null as is_contract_unknown
    from delivered
    left join lines on delivered.line_id = lines.line_id
    left join contracts on delivered.contract_id = contracts.contract_id
),

checked as (
    select
        {{ delivered_columns('bill_items', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['item_id', 'line_id']),
            'invalid_date': unreadable_dates(['billed_on', 'paid_on']) + absent(['billed_on']),
            'impossible_date': not_yet_happened(['billed_on', 'paid_on'])
                + ends_before_it_starts('billed_on', 'paid_on'),
            'negative_amount': negative(['amount_krw']),
            'invalid_amount': unreadable_numbers(['amount_krw']) + absent(['amount_krw']),
            'unknown_code': not_in_code_list({'item_kind': 'bill_item_kind'}) + absent(['item_kind']),
            'orphan_line': ['is_line_unknown'],
            'orphan_parent': ['is_contract_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('bill_items') }}

select * from final
