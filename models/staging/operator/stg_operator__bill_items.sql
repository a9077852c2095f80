{{ config(materialized='keyed', unique_key='item_id', meta={'entity': 'bill_items'}) }}

with

delivered as (
    {{ delivered_rows('bill_items') }}
),

exceptions as (
    select * from {{ ref('stg_operator__bill_items_exceptions') }}
    {{ in_scope('natural_id') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

accepted as (
    {{ accepted_rows('bill_items') }}
),

final as (
    select
        accepted.item_id,
        lines.line_key,
        {{ as_text('accepted.contract_id') }} as contract_id,
        {{ as_date('accepted.billed_on') }} as billed_on,
        {{ as_text('accepted.item_kind') }} as item_kind,
        {{ as_whole_number('accepted.amount_krw') }} as amount_krw,
        {{ as_date('accepted.paid_on') }} as paid_on,
        accepted.delivered_on as loaded_on
    from accepted
    inner join lines on accepted.line_id = lines.line_id
)

select * from final
