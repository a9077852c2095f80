-- Grain: one row per (programme, obligation, month in which it fell due or was paid).
-- Refunds that are owed one by one: waived fees by line, losses by payment. An obligation falls
-- due when it is claimed (a loss: when it is confirmed) and may be paid more or less than is due;
-- what is incurred is the larger of the two so far. Dues follow the policy in force today,
-- whatever the operator decided.

with decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

refunds as (

    select * from {{ ref('int_policy_refunds') }}

),

unauthorised_payments as (

    select * from {{ ref('int_unauthorised_payments') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

waiver_dues as (

    select
        versions.programme_id,
        cast(decisions.line_key as varchar) as obligation_id,
        cast(date_trunc('month', decisions.claimed_at) as date) as movement_month,
        decisions.payable_krw as due_krw,
        cast(0 as bigint) as paid_krw
    from decisions
    inner join versions
        on
            decisions.policy_id = versions.policy_id
            and decisions.policy_version = versions.policy_version
    where
        decisions.is_current
        and decisions.payable_krw > 0

),

waiver_payments as (

    select
        programme_id,
        cast(line_key as varchar) as obligation_id,
        cast(date_trunc('month', paid_on) as date) as movement_month,
        cast(0 as bigint) as due_krw,
        amount_krw as paid_krw
    from refunds
    where status = 'paid'

),

losses as (

    select
        programmes.programme_id,
        unauthorised_payments.payment_id,
        unauthorised_payments.is_confirmed,
        unauthorised_payments.confirmed_on,
        unauthorised_payments.amount_krw,
        unauthorised_payments.refunded_on,
        unauthorised_payments.refunded_krw
    from unauthorised_payments
    inner join programmes
        on
            programmes.kind = 'loss_refund'
            and unauthorised_payments.incident_id = programmes.incident_id

),

movements as (

    select programme_id, obligation_id, movement_month, due_krw, paid_krw
    from waiver_dues
    union all
    select programme_id, obligation_id, movement_month, due_krw, paid_krw
    from waiver_payments
    union all
    select
        programme_id,
        payment_id as obligation_id,
        cast(date_trunc('month', confirmed_on) as date) as movement_month,
        amount_krw as due_krw,
        cast(0 as bigint) as paid_krw
    from losses
    where is_confirmed
    union all
    select
        programme_id,
        payment_id as obligation_id,
        cast(date_trunc('month', refunded_on) as date) as movement_month,
        cast(0 as bigint) as due_krw,
        refunded_krw as paid_krw
    from losses
    where refunded_on is not null

),

movements_by_month as (

    select
        programme_id,
        obligation_id,
        movement_month,
        sum(due_krw) as due_krw,
        sum(paid_krw) as paid_krw
    from movements
    group by 1, 2, 3

),

balances as (

    select
        programme_id,
        obligation_id,
        movement_month,
        due_krw,
        paid_krw,
        sum(due_krw) over (
            partition by programme_id, obligation_id
            order by movement_month asc nulls last
            rows between unbounded preceding and current row
        ) as due_so_far_krw,
        sum(paid_krw) over (
            partition by programme_id, obligation_id
            order by movement_month asc nulls last
            rows between unbounded preceding and current row
        ) as paid_so_far_krw
    from movements_by_month

),

states as (

    select
        programme_id,
        obligation_id,
        movement_month,
        due_krw,
        paid_krw,
        greatest(due_so_far_krw, paid_so_far_krw)
        - greatest(due_so_far_krw - due_krw, paid_so_far_krw - paid_krw) as incurred_krw,
        greatest(due_so_far_krw - paid_so_far_krw, 0) as outstanding_krw,
        greatest((due_so_far_krw - due_krw) - (paid_so_far_krw - paid_krw), 0)
            as opening_outstanding_krw
    from balances

),

final as (

    select
        cast(programme_id as varchar) as programme_id,
        cast(obligation_id as varchar) as obligation_id,
        cast(movement_month as date) as movement_month,
        cast(due_krw as bigint) as due_krw,
        cast(incurred_krw as bigint) as incurred_krw,
        cast(paid_krw as bigint) as paid_krw,
        cast(outstanding_krw as bigint) as outstanding_krw,
        cast(outstanding_krw - opening_outstanding_krw as bigint) as outstanding_change_krw
    from states

)

select * from final
