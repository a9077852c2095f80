{{ config(materialized='view') }}

-- Grain: one row per (refund or claim, kind of event, day on which its state became known).
-- Of a claim what is owed, of a refund that it was paid and that it came back.

with refund_states as (

    select * from {{ ref('int_refund_states') }}

),

refund_versions as (

    select * from {{ ref('stg_operator__refund_payment_versions') }}

),

policy_refunds as (

    select * from {{ ref('int_policy_refunds') }}

),

owed as (

    select
        'refund_payable' as event_kind,
        programme_id,
        line_key,
        policy_id || '-' || cast(line_key as string) as source_id,
        policy_version,
        claimable_from as posted_on,
        known_from,
        payable_krw as amount_krw
    from refund_states
    union all
    select
        'fee_cancelled' as event_kind,
        programme_id,
        line_key,
        policy_id || '-' || cast(line_key as string) as source_id,
        policy_version,
        claimable_from as posted_on,
        known_from,
        cancelled_krw as amount_krw
    from refund_states
    union all
    select
        'refund_undue' as event_kind,
        programme_id,
        line_key,
        policy_id || '-' || cast(line_key as string) as source_id,
        policy_version,
        coalesce(last_paid_on, known_from) as posted_on,
        known_from,
        undue_krw as amount_krw
    from refund_states
    union all
    select
        'refund_expired' as event_kind,
        programme_id,
        line_key,
        policy_id || '-' || cast(line_key as string) as source_id,
        policy_version,
        known_from as posted_on,
        known_from,
        lapsed_krw as amount_krw
    from refund_states

),

final as (

    select
        event_kind,
        programme_id,
        line_key,
        source_id,
        policy_version,
        posted_on,
        cast(null as date) as document_on,
        known_from,
        amount_krw
    from owed
    union all
    select
        'refund_paid' as event_kind,
        policy_refunds.programme_id,
        policy_refunds.line_key,
        refund_versions.refund_id as source_id,
        cast(null as string) as policy_version,
        refund_versions.paid_on as posted_on,
        refund_versions.paid_on as document_on,
        refund_versions.known_from,
        refund_versions.amount_krw
    from refund_versions
    inner join policy_refunds
        on refund_versions.refund_id = policy_refunds.refund_id
    union all
    -- Exports do not say when a transfer came back: it is posted on the day that brought the news.
    select
        'refund_returned' as event_kind,
        policy_refunds.programme_id,
        policy_refunds.line_key,
        refund_versions.refund_id as source_id,
        cast(null as string) as policy_version,
        refund_versions.known_from as posted_on,
        cast(null as date) as document_on,
        refund_versions.known_from,
        case when refund_versions.status = 'returned' then refund_versions.amount_krw else 0 end
            as amount_krw
    from refund_versions
    inner join policy_refunds
        on refund_versions.refund_id = policy_refunds.refund_id

)

select * from final
