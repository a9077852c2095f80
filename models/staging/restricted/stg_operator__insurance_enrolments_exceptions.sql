{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'insurance_enrolments'}) }}

with

delivered as (
    {{ delivered_rows('insurance_enrolments') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

customers as (
    select * from {{ ref('stg_operator__customer_vault') }}
    {{ in_scope('customer_id') }}
),

resolved as (
    select
        {{ delivered_columns('insurance_enrolments', 'delivered') }}
        customers.customer_id is null as is_customer_unknown
    from delivered
    left join customers on delivered.customer_id = customers.customer_id
),

checked as (
    select
        {{ delivered_columns('insurance_enrolments', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['enrolment_id', 'customer_id']),
            'invalid_date': unreadable_dates(['enrolled_on', 'cover_from', 'cover_to'])
                + absent(['enrolled_on']),
            'impossible_date': not_yet_happened(['enrolled_on'])
                + ends_before_it_starts('cover_from', 'cover_to'),
            'unknown_code': not_in_code_list({'route': 'enrolment_route'}) + absent(['route']),
            'orphan_customer': ['is_customer_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('insurance_enrolments') }}

select * from final
