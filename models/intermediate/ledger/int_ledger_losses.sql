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
        programmes.promised_from,
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

-- The books know of a loss from the day on which the programme was promised: what was known of it
-- before counts from then on.
change_points as (

    select
        losses.programme_id,
        losses.payment_id,
        greatest(dispute_versions.known_from, losses.promised_from) as known_from
    from losses
    inner join dispute_versions
        on
            losses.payment_id = dispute_versions.payment_id
            and losses.incident_id = dispute_versions.incident_id
    union
    select
        losses.programme_id,
        losses.payment_id,
        greatest(loss_refunds.loaded_on, losses.promised_from) as known_from
    from losses
    inner join loss_refunds
        on losses.payment_id = loss_refunds.payment_id

),

points_of_loss as (

    select
        losses.programme_id,
        losses.payment_id,
        losses.incident_id,
        losses.line_key,
        losses.amount_krw,
        change_points.known_from
    from change_points
    inner join losses
        on
            change_points.programme_id = losses.programme_id
            and change_points.payment_id = losses.payment_id

),

-- Was the loss confirmed, as far as known on each day, and what is owed then?
owed as (

    select
        points_of_loss.programme_id,
        points_of_loss.payment_id,
        points_of_loss.line_key,
        points_of_loss.known_from,
        max_by(dispute_versions.confirmed_on, dispute_versions.known_from) as confirmed_on,
        max_by(
            case
                when dispute_versions.status = 'confirmed' then points_of_loss.amount_krw else 0
            end,
            dispute_versions.known_from
        ) as owed_krw
    from points_of_loss
    inner join dispute_versions
        on
            points_of_loss.payment_id = dispute_versions.payment_id
            and points_of_loss.incident_id = dispute_versions.incident_id
            and points_of_loss.known_from >= dispute_versions.known_from
    group by 1, 2, 3, 4

),

refunded as (

    select
        points_of_loss.programme_id,
        points_of_loss.payment_id,
        points_of_loss.line_key,
        points_of_loss.known_from,
        sum(loss_refunds.amount_krw) as refunded_krw,
        max(loss_refunds.paid_on) as last_paid_on
    from points_of_loss
    inner join loss_refunds
        on
            points_of_loss.payment_id = loss_refunds.payment_id
            and points_of_loss.known_from >= loss_refunds.loaded_on
    group by 1, 2, 3, 4

),

final as (

    select
        'loss_payable' as event_kind,
        programme_id,
        line_key,
        'loss-' || payment_id as source_id,
        cast(null as string) as policy_version,
        confirmed_on as posted_on,
        confirmed_on as document_on,
        known_from,
        owed_krw as amount_krw
    from owed
    union all
    select
        'refund_paid' as event_kind,
        losses.programme_id,
        losses.line_key,
        'loss-' || loss_refunds.refund_id as source_id,
        cast(null as string) as policy_version,
        loss_refunds.paid_on as posted_on,
        loss_refunds.paid_on as document_on,
        greatest(loss_refunds.loaded_on, losses.promised_from) as known_from,
        loss_refunds.amount_krw
    from loss_refunds
    inner join losses
        on loss_refunds.payment_id = losses.payment_id
    union all
    select
        'refund_undue' as event_kind,
        refunded.programme_id,
        refunded.line_key,
        'loss-' || refunded.payment_id as source_id,
        cast(null as string) as policy_version,
        refunded.last_paid_on as posted_on,
        cast(null as date) as document_on,
        refunded.known_from,
        cast(
            greatest(refunded.refunded_krw - coalesce(owed.owed_krw, 0), 0) as bigint
        ) as amount_krw
    from refunded
    left join owed
        on
            refunded.programme_id = owed.programme_id
            and refunded.payment_id = owed.payment_id
            and refunded.known_from = owed.known_from

)

select * from final
