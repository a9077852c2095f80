{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'customers'}) }}

with

delivered as (
    {{ delivered_rows('customers') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

checked as (
    select
        {{ delivered_columns('customers', 'delivered') }}
        {{ first_reason({
            'missing_key': absent(['customer_id']),
            'invalid_date': unreadable_dates(['birth_date']),
            'impossible_date': not_yet_happened(['birth_date']),
            'unknown_code': not_in_code_list({'customer_type': 'customer_type'})
                + absent(['customer_type']),
        }) }} as reason_code
    from delivered
),

{{ row_exceptions('customers') }}

select * from final
