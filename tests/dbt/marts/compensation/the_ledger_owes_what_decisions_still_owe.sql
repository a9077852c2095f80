-- Line by line: what the ledger has as owed and as paid beyond it, built from the history of what
-- was known, and the decisions of the current version, built from what is known today.

with positions as (

    select * from {{ ref('fct_refund_positions') }}

),

decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

losses as (

    select * from {{ ref('int_unauthorised_payments') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

-- A loss is owed from the day on which its refund was announced.
refunded_incidents as (

    select distinct incident_id
    from programmes
    where kind = 'loss_refund'

),

losses_due as (

    select
        losses.line_key,
        losses.refunded_krw,
        case
            when losses.is_confirmed and refunded_incidents.incident_id is not null
                then losses.amount_krw
            else 0
        end as due_krw
    from losses
    left join refunded_incidents
        on losses.incident_id = refunded_incidents.incident_id

),

owed as (

    select
        line_key,
        greatest(payable_krw - paid_krw, 0) as outstanding_krw,
        greatest(paid_krw - payable_krw, 0) as undue_krw
    from decisions
    where
        is_current
        and (payable_krw != 0 or paid_krw != 0)
    union all
    select
        line_key,
        greatest(due_krw - refunded_krw, 0) as outstanding_krw,
        greatest(refunded_krw - due_krw, 0) as undue_krw
    from losses_due

),

owed_by_line as (

    select
        line_key,
        sum(outstanding_krw) as outstanding_krw,
        sum(undue_krw) as undue_krw
    from owed
    group by 1

),

final as (

    select
        coalesce(owed_by_line.line_key, positions.line_key) as line_key,
        owed_by_line.outstanding_krw as owed_krw,
        positions.outstanding_krw + positions.expired_krw as posted_krw
    from owed_by_line
    full outer join positions
        on owed_by_line.line_key = positions.line_key
    where
        coalesce(owed_by_line.outstanding_krw, 0)
        != coalesce(positions.outstanding_krw + positions.expired_krw, 0)
        or coalesce(owed_by_line.undue_krw, 0) != coalesce(positions.undue_krw, 0)

)

select * from final
