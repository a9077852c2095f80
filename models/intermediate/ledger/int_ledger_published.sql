-- Grain: one row per ledger entry that was published before and known by the as-of date.

with postings as (

    select * from {{ published_ledger() }}

),

debits as (

    select
        entry_id,
        event_entry_id,
        corrects_entry_id,
        event_kind,
        is_reversal,
        source_id,
        posted_on,
        known_from,
        programme_id,
        line_key,
        policy_version,
        account,
        amount_krw,
        reverses_posting_id
    from postings
    where side = 'debit'

),

credits as (

    select entry_id, account
    from postings
    where side = 'credit'

),

final as (

    select
        debits.entry_id,
        debits.event_entry_id,
        debits.corrects_entry_id,
        -- A correction either withdraws the entry it corrects or restores it.
        coalesce(debits.reverses_posting_id = debits.corrects_entry_id || '/credit', false)
            as is_withdrawal,
        debits.event_kind,
        debits.is_reversal,
        debits.source_id,
        debits.posted_on,
        debits.known_from,
        debits.programme_id,
        debits.line_key,
        debits.policy_version,
        debits.amount_krw,
        debits.account as debit_account,
        credits.account as credit_account
    from debits
    inner join credits
        on debits.entry_id = credits.entry_id

)

select * from final
