{{ config(materialized='keyed', unique_key='item_id', meta={'entity': 'bill_items'}) }}

with

delivered as (
    {{ delivered_rows('bill_items') }}
),

exceptions as (
    select * from {{ ref('stg_operator__bill_items_exceptions') }}
    {{ in_scope('natural_id') }}
),

current_versions as (
    select * from {{ ref('stg_operator__bill_items') }}
    {{ in_scope('item_id') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

superseded as (
    {{ superseded_rows('bill_items') }}
),

final as (
    select
        item_id,
        line_key,
        item_kind,
        amount_krw,
        billed_on,
        paid_on,
        loaded_on as known_from
    from current_versions
    union all
    select
        superseded.item_id,
        lines.line_key,
        {{ as_text('superseded.item_kind') }} as item_kind,
        {{ as_whole_number('superseded.amount_krw') }} as amount_krw,
        {{ as_date('superseded.billed_on') }} as billed_on,
        {{ as_date('superseded.paid_on') }} as paid_on,
        superseded.delivered_on as known_from
    from superseded
    inner join lines on superseded.line_id = lines.line_id
)

select * from final
