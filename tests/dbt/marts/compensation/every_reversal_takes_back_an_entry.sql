-- With the accounts the other way round, of the same amount, not before it was known; and no entry
-- is taken back twice, unless it was restored in between.

with entries as (

    select * from {{ ref('fct_ledger_entries') }}

),

corrected as (

    select distinct corrects_entry_id as entry_id
    from entries
    where corrects_entry_id is not null

),

-- A reversal that was withdrawn itself takes nothing back any more.
reversals as (

    select
        entries.entry_id,
        entries.reverses_entry_id,
        entries.debit_account,
        entries.credit_account,
        entries.amount_krw,
        entries.known_from,
        entries.corrects_entry_id is not null as is_correction,
        count(*) over (
            partition by entries.reverses_entry_id, entries.corrects_entry_id is null
        ) as reversal_count
    from entries
    left join corrected
        on entries.entry_id = corrected.entry_id
    where
        entries.reverses_entry_id is not null
        and corrected.entry_id is null
        and (
            entries.corrects_entry_id is null
            or entries.corrects_entry_id = entries.reverses_entry_id
        )

),

final as (

    select
        reversals.entry_id,
        reversals.reverses_entry_id
    from reversals
    left join entries
        on reversals.reverses_entry_id = entries.entry_id
    where
        entries.entry_id is null
        or entries.debit_account != reversals.credit_account
        or entries.credit_account != reversals.debit_account
        or entries.known_from > reversals.known_from
        or (not reversals.is_correction and entries.amount_krw != reversals.amount_krw)
        or (not reversals.is_correction and reversals.reversal_count > 1)

)

select * from final
