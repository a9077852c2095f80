-- Grain: one row per line whose service has ended.
-- What the rules of a policy look at, side by side: facts of the line, and what its final bill
-- held.

{{ config(materialized='keyed', unique_key='line_key') }}

with lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

bill_items as (

    select * from {{ ref('stg_operator__bill_items') }}
    {{ in_scope('line_key') }}

),

recomputed_fees as (

    select * from {{ ref('int_contract_fees_recomputed') }}
    {{ in_scope('line_key') }}

),

terminated_lines as (

    select
        line_key,
        line_kind,
        network_brand,
        is_own_brand,
        activated_on,
        last_device_change_on,
        last_recontract_on,
        rejoined_on,
        terminated_on,
        termination_kind
    from lines
    where terminated_on is not null

),

amounts as (

    select
        line_key,
        item_kind,
        amount_krw as charged_krw,
        case when paid_on is not null then amount_krw else 0 end as collected_krw,
        cast(0 as bigint) as recomputed_krw
    from bill_items
    union all
    select
        line_key,
        item_kind,
        cast(0 as bigint) as charged_krw,
        cast(0 as bigint) as collected_krw,
        recomputed_krw
    from recomputed_fees
    where recomputed_krw > 0

),

amounts_by_line as (

    select
        line_key,
        {{ bill_items_as_columns() }}
    from amounts
    group by 1

),

final as (

    select
        terminated_lines.line_key,
        terminated_lines.line_kind,
        terminated_lines.network_brand,
        terminated_lines.is_own_brand,
        terminated_lines.activated_on,
        terminated_lines.last_device_change_on,
        terminated_lines.last_recontract_on,
        terminated_lines.rejoined_on,
        terminated_lines.terminated_on,
        terminated_lines.termination_kind,
        {{ bill_item_columns('amounts_by_line') }}
    from terminated_lines
    left join amounts_by_line
        on terminated_lines.line_key = amounts_by_line.line_key

)

select * from final
