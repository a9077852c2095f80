-- Grain: one row per (file, kind of event, month of the document).
-- What the operator's billing and bank files hold against what the ledger holds of the same
-- documents, document by document. Amounts add up over any columns.

with bill_items as (

    select * from {{ ref('stg_operator__bill_items') }}

),

fee_kinds as (

    select * from {{ ref('int_fee_kinds') }}

),

refund_payments as (

    select * from {{ ref('stg_operator__refund_payments') }}

),

loss_refunds as (

    select * from {{ ref('stg_operator__loss_refunds') }}

),

entries as (

    select * from {{ ref('fct_ledger_entries') }}

),

fee_items as (

    select
        bill_items.item_id,
        bill_items.billed_on,
        bill_items.paid_on,
        bill_items.amount_krw
    from bill_items
    inner join fee_kinds
        on bill_items.item_kind = fee_kinds.item_kind

),

documents as (

    select
        'bill_items' as entity,
        'fee_charged' as event_kind,
        item_id as source_id,
        billed_on as document_on,
        amount_krw
    from fee_items
    union all
    select
        'bill_items' as entity,
        'fee_collected' as event_kind,
        item_id as source_id,
        paid_on as document_on,
        amount_krw
    from fee_items
    where paid_on is not null
    union all
    select
        'refund_payments' as entity,
        'refund_paid' as event_kind,
        refund_id as source_id,
        paid_on as document_on,
        amount_krw
    from refund_payments
    union all
    select
        'refund_payments' as entity,
        'refund_returned' as event_kind,
        refund_id as source_id,
        paid_on as document_on,
        amount_krw
    from refund_payments
    where status = 'returned'
    union all
    select
        'loss_refunds' as entity,
        'refund_paid' as event_kind,
        'loss-' || refund_id as source_id,
        paid_on as document_on,
        amount_krw
    from loss_refunds

),

posted as (

    select
        event_kind,
        source_id,
        min(posted_on) as posted_on,
        sum(case when is_reversal then -amount_krw else amount_krw end) as amount_krw
    from entries
    where event_kind in ('fee_charged', 'fee_collected', 'refund_paid', 'refund_returned')
    group by 1, 2

),

-- Documents without postings and postings without documents both stay in sight.
compared as (

    select
        coalesce(documents.entity, 'none') as entity,
        coalesce(documents.event_kind, posted.event_kind) as event_kind,
        cast(
            date_trunc('month', coalesce(documents.document_on, posted.posted_on)) as date
        ) as document_month,
        coalesce(documents.amount_krw, 0) as file_krw,
        coalesce(posted.amount_krw, 0) as ledger_krw
    from documents
    full outer join posted
        on
            documents.source_id = posted.source_id
            and documents.event_kind = posted.event_kind

),

final as (

    select
        cast(entity as string) as entity,
        cast(event_kind as string) as event_kind,
        cast(document_month as date) as document_month,
        cast(count(*) as bigint) as document_count,
        cast(count(*) filter (where file_krw != ledger_krw) as bigint) as differing_count,
        cast(sum(file_krw) as bigint) as file_krw,
        cast(sum(ledger_krw) as bigint) as ledger_krw,
        cast(sum(file_krw - ledger_krw) as bigint) as difference_krw,
        cast(sum(abs(file_krw - ledger_krw)) as bigint) as differing_krw
    from compared
    where
        file_krw != 0
        or ledger_krw != 0
    group by 1, 2, 3

)

select * from final
