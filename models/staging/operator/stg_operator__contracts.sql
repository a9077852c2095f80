{{ config(materialized='keyed', unique_key='contract_id', meta={'entity': 'contracts'}) }}

with

delivered as (
    {{ delivered_rows('contracts') }}
),

exceptions as (
    select * from {{ ref('stg_operator__contracts_exceptions') }}
    {{ in_scope('natural_id') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

accepted as (
    {{ accepted_rows('contracts') }}
),

final as (
    select
        accepted.contract_id,
        lines.line_key,
        {{ as_text('accepted.contract_kind') }} as contract_kind,
        {{ as_date('accepted.signed_on') }} as signed_on,
        {{ as_whole_number('accepted.term_months') }} as term_months,
        {{ as_whole_number('accepted.term_days') }} as term_days,
        {{ as_whole_number('accepted.monthly_discount_krw') }} as monthly_discount_krw,
        {{ as_whole_number('accepted.subsidy_krw') }} as subsidy_krw,
        {{ as_date('accepted.ended_on') }} as ended_on,
        accepted.delivered_on as loaded_on
    from accepted
    inner join lines on accepted.line_id = lines.line_id
)

select * from final
