-- With the accounts the other way round, of the same amount, not before it was known; and no entry
-- is taken back twice, unless it was restored in between.

with entries as (

    select * from {{ ref('fct_ledger_entries') }}

),

reversals as (

    select
        entry_id,
        reverses_entry_id,
        debit_account,
        credit_account,
        amount_krw,
        known_from,
        corrects_entry_id is not null as is_correction,
        count(*) over (partition by reverses_entry_id, corrects_entry_id is null) as reversal_count
    from entries
    where
        reverses_entry_id is not null
        and (corrects_entry_id is null or corrects_entry_id = reverses_entry_id)

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
