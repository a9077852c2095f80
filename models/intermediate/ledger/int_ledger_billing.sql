{{ config(materialized='view') }}

-- Grain: one row per (bill item, day on which a version of it became known), charged and collected.
-- Only kinds that a fee rule or a binding policy names: instalments and the like are no fee.

with bill_item_versions as (

    select * from {{ ref('stg_operator__bill_item_versions') }}

),

fee_kinds as (

    select * from {{ ref('int_fee_kinds') }}

),

versions as (

    select
        bill_item_versions.item_id,
        bill_item_versions.line_key,
        bill_item_versions.known_from,
        bill_item_versions.billed_on,
        bill_item_versions.paid_on,
        case when fee_kinds.item_kind is null then 0 else bill_item_versions.amount_krw end
            as amount_krw
    from bill_item_versions
    left join fee_kinds
        on bill_item_versions.item_kind = fee_kinds.item_kind

),

final as (

    select
        'fee_charged' as event_kind,
        cast(null as string) as programme_id,
        line_key,
        item_id as source_id,
        cast(null as string) as policy_version,
        billed_on as posted_on,
        billed_on as document_on,
        known_from,
        amount_krw
    from versions
    union all
    select
        'fee_collected' as event_kind,
        cast(null as string) as programme_id,
        line_key,
        item_id as source_id,
        cast(null as string) as policy_version,
        coalesce(paid_on, billed_on) as posted_on,
        paid_on as document_on,
        known_from,
        case when paid_on is not null then amount_krw else 0 end as amount_krw
    from versions

)

select * from final
