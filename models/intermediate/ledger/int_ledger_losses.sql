{{ config(materialized='view') }}

-- Grain: one row per (disputed payment or its refund, kind of event, day on which it became known).
-- What a confirmed loss is owed, that it was paid back, and what was paid back beyond it.

with dispute_versions as (

    select * from {{ ref('stg_operator__disputed_payment_versions') }}

),

unauthorised_payments as (

    select * from {{ ref('int_unauthorised_payments') }}

),

loss_refunds as (

    select * from {{ ref('stg_operator__loss_refunds') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

losses as (

    select
        programmes.programme_id,
        unauthorised_payments.payment_id,
        unauthorised_payments.incident_id,
        unauthorised_payments.line_key,
        unauthorised_payments.amount_krw,
        case
            when unauthorised_payments.is_confirmed then unauthorised_payments.amount_krw else 0
        end
            as confirmed_krw
    from unauthorised_payments
    inner join programmes
        on
            programmes.kind = 'loss_refund'
            and unauthorised_payments.incident_id = programmes.incident_id

),

refunded as (

    select
        payment_id,
        sum(amount_krw) as refunded_krw,
        max(paid_on) as last_paid_on,
        max(loaded_on) as known_from
    from loss_refunds
    group by 1

),

final as (

    select
        'loss_payable' as event_kind,
        losses.programme_id,
        losses.line_key,
        losses.payment_id as source_id,
        cast(null as varchar) as policy_version,
        dispute_versions.confirmed_on as posted_on,
        dispute_versions.confirmed_on as document_on,
        dispute_versions.known_from,
        case when dispute_versions.status = 'confirmed' then losses.amount_krw else 0 end
            as amount_krw
    from dispute_versions
    inner join losses
        on
            dispute_versions.payment_id = losses.payment_id
            and dispute_versions.incident_id = losses.incident_id
    union all
    select
        'refund_paid' as event_kind,
        losses.programme_id,
        losses.line_key,
        loss_refunds.refund_id as source_id,
        cast(null as varchar) as policy_version,
        loss_refunds.paid_on as posted_on,
        loss_refunds.paid_on as document_on,
        loss_refunds.loaded_on as known_from,
        loss_refunds.amount_krw
    from loss_refunds
    inner join losses
        on loss_refunds.payment_id = losses.payment_id
    union all
    select
        'refund_undue' as event_kind,
        losses.programme_id,
        losses.line_key,
        losses.payment_id as source_id,
        cast(null as varchar) as policy_version,
        refunded.last_paid_on as posted_on,
        cast(null as date) as document_on,
        refunded.known_from,
        cast(greatest(refunded.refunded_krw - losses.confirmed_krw, 0) as bigint) as amount_krw
    from refunded
    inner join losses
        on refunded.payment_id = losses.payment_id

)

select * from final
