-- Grain: one row per line that was charged a fee for leaving or is owed money, as of the as-of date.
-- What the ledger says of the line, netted: charged = waived + kept, and payable = paid +
-- outstanding + reversed + expired. All columns add up over lines.

with ledger as (

    select * from {{ ref('fct_compensation_ledger') }}

),

accounts as (

    select * from {{ ref('ref_ledger_accounts') }}

),

liability_accounts as (

    select account from accounts
    where account_class = 'liability'

),

-- One posting per entry tells what happened: its debit.
events as (

    select
        line_key,
        event_kind,
        is_reversal,
        amount_krw,
        case when is_reversal then -amount_krw else amount_krw end as net_krw
    from ledger
    where
        side = 'debit'
        and line_key is not null

),

events_by_line as (

    select
        line_key,
        coalesce(sum(net_krw) filter (where event_kind = 'fee_charged'), 0) as charged_krw,
        coalesce(sum(net_krw) filter (where event_kind = 'fee_collected'), 0) as collected_krw,
        coalesce(
            sum(net_krw) filter (where event_kind in ('refund_payable', 'fee_cancelled')), 0
        ) as waived_krw,
        coalesce(
            sum(amount_krw) filter (
                where
                    event_kind in ('refund_payable', 'loss_payable', 'refund_undue')
                    and not is_reversal
            ),
            0
        ) as payable_krw,
        coalesce(
            sum(amount_krw) filter (
                where
                    event_kind in ('refund_payable', 'loss_payable', 'refund_undue')
                    and is_reversal
            ),
            0
        ) as reversed_krw,
        coalesce(sum(net_krw) filter (where event_kind = 'refund_undue'), 0) as undue_krw,
        coalesce(sum(net_krw) filter (where event_kind = 'refund_paid'), 0)
        - coalesce(sum(net_krw) filter (where event_kind = 'refund_returned'), 0) as paid_krw,
        coalesce(sum(net_krw) filter (where event_kind = 'refund_expired'), 0) as expired_krw
    from events
    group by 1

),

-- Taken from the account and not from the events, so that the identity can fail.
balances as (

    select
        ledger.line_key,
        sum(case when ledger.side = 'credit' then ledger.amount_krw else -ledger.amount_krw end)
            as outstanding_krw
    from ledger
    inner join liability_accounts
        on ledger.account = liability_accounts.account
    where ledger.line_key is not null
    group by 1

),

final as (

    select
        cast(events_by_line.line_key as bigint) as line_key,
        cast(events_by_line.charged_krw as bigint) as charged_krw,
        cast(events_by_line.collected_krw as bigint) as collected_krw,
        cast(events_by_line.waived_krw as bigint) as waived_krw,
        cast(events_by_line.charged_krw - events_by_line.waived_krw as bigint) as kept_krw,
        cast(events_by_line.payable_krw as bigint) as payable_krw,
        cast(events_by_line.undue_krw as bigint) as undue_krw,
        cast(events_by_line.reversed_krw as bigint) as reversed_krw,
        cast(events_by_line.paid_krw as bigint) as paid_krw,
        cast(events_by_line.expired_krw as bigint) as expired_krw,
        cast(coalesce(balances.outstanding_krw, 0) as bigint) as outstanding_krw
    from events_by_line
    left join balances
        on events_by_line.line_key = balances.line_key

)

select * from final
