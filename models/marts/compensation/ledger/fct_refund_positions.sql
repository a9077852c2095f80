-- Grain: one row per line that was charged a fee for leaving or is owed money.
-- What the ledger says of the line, netted: charged = waived + kept, and payable = paid +
-- outstanding + reversed + expired. All columns add up over lines.

{{ config(materialized='keyed', unique_key='line_key') }}

with entries as (

    select * from {{ ref('fct_ledger_entries') }}
    {{ in_scope('line_key') }}

),

accounts as (

    select * from {{ ref('ref_ledger_accounts') }}

),

liability_accounts as (

    select account from accounts
    where account_class = 'liability'

),

events as (

    select
        line_key,
        event_kind,
        is_reversal,
        amount_krw,
        case when is_reversal then -amount_krw else amount_krw end as net_krw
    from entries
    where line_key is not null

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

-- Taken from the accounts and not from the events, so that the identity can fail.
movements as (

    select entries.line_key, entries.amount_krw
    from entries
    inner join liability_accounts
        on entries.credit_account = liability_accounts.account
    where entries.line_key is not null
    union all
    select entries.line_key, -entries.amount_krw as amount_krw
    from entries
    inner join liability_accounts
        on entries.debit_account = liability_accounts.account
    where entries.line_key is not null

),

balances as (

    select line_key, sum(amount_krw) as outstanding_krw
    from movements
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
