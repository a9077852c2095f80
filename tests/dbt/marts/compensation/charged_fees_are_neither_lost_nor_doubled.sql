-- Every fee item on a terminated line is in fct_termination_fees once, in items and in won.

with termination_fees as (

    select * from {{ ref('fct_termination_fees') }}

),

bill_items as (

    select * from {{ ref('stg_operator__bill_items') }}

),

lines as (

    select * from {{ ref('int_lines_ended') }}

),

fee_rules as (

    select * from {{ ref('ref_fee_rules') }}

),

fee_kinds as (

    select distinct item_kind from fee_rules

),

billed as (

    select
        count(*) as item_count,
        coalesce(sum(bill_items.amount_krw), 0) as charged_krw
    from bill_items
    inner join fee_kinds
        on bill_items.item_kind = fee_kinds.item_kind
    inner join lines
        on bill_items.line_key = lines.line_key

),

compared as (

    select
        coalesce(sum(item_count), 0) as item_count,
        coalesce(sum(charged_krw), 0) as charged_krw
    from termination_fees

),

final as (

    select
        billed.item_count as items_billed,
        compared.item_count as items_compared,
        billed.charged_krw as krw_billed,
        compared.charged_krw as krw_compared
    from billed
    cross join compared
    where
        billed.item_count != compared.item_count
        or billed.charged_krw != compared.charged_krw

)

select * from final
