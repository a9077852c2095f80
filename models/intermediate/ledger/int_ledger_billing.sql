{{ config(materialized='view') }}

-- Grain: one row per (bill item, day on which a version of it became known), charged and collected.
-- Only kinds that a fee rule or a binding policy names: instalments and the like are no fee.

with bill_item_versions as (

    select * from {{ ref('stg_operator__bill_item_versions') }}

),

fee_kinds as (

    select * from {{ ref('int_fee_kinds') }}

),

kinds as (

    select
        'fee_charged' as event_kind,
        false as is_payment
    union all
    select
        'fee_collected' as event_kind,
        true as is_payment

),

-- Both kinds in one scan of the versions.
final as (

    select
        kinds.event_kind,
        cast(null as string) as programme_id,
        bill_item_versions.line_key,
        bill_item_versions.item_id as source_id,
        cast(null as string) as policy_version,
        case
            when kinds.is_payment
                then coalesce(bill_item_versions.paid_on, bill_item_versions.billed_on)
            else bill_item_versions.billed_on
        end as posted_on,
        case
            when kinds.is_payment then bill_item_versions.paid_on
            else bill_item_versions.billed_on
        end as document_on,
        bill_item_versions.known_from,
        case
            when fee_kinds.item_kind is null then 0
            when kinds.is_payment and bill_item_versions.paid_on is null then 0
            else bill_item_versions.amount_krw
        end as amount_krw
    from bill_item_versions
    cross join kinds
    left join fee_kinds
        on bill_item_versions.item_kind = fee_kinds.item_kind

)

select * from final
