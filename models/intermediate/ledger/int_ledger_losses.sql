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
        unauthorised_payments.amount_krw
    from unauthorised_payments
    inner join programmes
        on
            programmes.kind = 'loss_refund'
            and unauthorised_payments.incident_id = programmes.incident_id

),

change_points as (

    select payment_id, known_from from dispute_versions
    union
    select payment_id, loaded_on as known_from from loss_refunds

),

-- Was the loss confirmed, as far as known on each day?
confirmed as (

    select
        change_points.payment_id,
        dispute_versions.incident_id,
        change_points.known_from,
        max_by(dispute_versions.status, dispute_versions.known_from) as status
    from change_points
    inner join dispute_versions
        on
            change_points.payment_id = dispute_versions.payment_id
            and change_points.known_from >= dispute_versions.known_from
    group by 1, 2, 3

),

refunded as (

    select
        change_points.payment_id,
        change_points.known_from,
        sum(loss_refunds.amount_krw) as refunded_krw,
        max(loss_refunds.paid_on) as last_paid_on
    from change_points
    inner join loss_refunds
        on
            change_points.payment_id = loss_refunds.payment_id
            and change_points.known_from >= loss_refunds.loaded_on
    group by 1, 2

),

final as (

    select
        'loss_payable' as event_kind,
        losses.programme_id,
        losses.line_key,
        'loss-' || losses.payment_id as source_id,
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
        'loss-' || loss_refunds.refund_id as source_id,
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
        'loss-' || losses.payment_id as source_id,
        cast(null as varchar) as policy_version,
        refunded.last_paid_on as posted_on,
        cast(null as date) as document_on,
        refunded.known_from,
        cast(
            greatest(
                refunded.refunded_krw
                - case when confirmed.status = 'confirmed' then losses.amount_krw else 0 end,
                0
            ) as bigint
        ) as amount_krw
    from refunded
    inner join losses
        on refunded.payment_id = losses.payment_id
    left join confirmed
        on
            refunded.payment_id = confirmed.payment_id
            and losses.incident_id = confirmed.incident_id
            and refunded.known_from = confirmed.known_from

)

select * from final
