-- Grain: one row per (terminated line, contract named on the bill item or none).
-- Only the kinds of item that some fee rule can ask for: instalments and the like are no fee.

{{ config(materialized='keyed', unique_key='line_key') }}

with bill_items as (

    select * from {{ ref('stg_operator__bill_items') }}
    {{ in_scope('line_key') }}

),

lines_ended as (

    select * from {{ ref('int_lines_ended') }}
    {{ in_scope('line_key') }}

),

fee_rules as (

    select * from {{ ref('ref_fee_rules') }}

),

fee_kinds as (

    select distinct item_kind from fee_rules

),

final as (

    select
        bill_items.line_key,
        bill_items.contract_id,
        lines_ended.terminated_on,
        min(bill_items.item_kind) as item_kind,
        count(*) as item_count,
        count(distinct bill_items.item_kind) as item_kind_count,
        min(bill_items.billed_on) as billed_on,
        cast(sum(bill_items.amount_krw) as bigint) as charged_krw
    from bill_items
    inner join fee_kinds
        on bill_items.item_kind = fee_kinds.item_kind
    inner join lines_ended
        on bill_items.line_key = lines_ended.line_key
    group by 1, 2, 3

)

select * from final
