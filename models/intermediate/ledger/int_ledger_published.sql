{{ config(materialized='view') }}

-- Grain: one row per ledger entry that was published before and known by the as-of date.

with published_entries as (

    select * from {{ published_ledger() }}

),

final as (

    select
        entry_id,
        coalesce(edition_of_entry_id, entry_id) as derived_entry_id,
        corrects_entry_id,
        -- A correction either withdraws the entry it corrects or restores it.
        coalesce(reverses_entry_id = corrects_entry_id, false) as is_withdrawal,
        event_kind,
        is_reversal,
        reverses_entry_id,
        source_id,
        posted_on,
        known_from,
        programme_id,
        line_key,
        policy_version,
        amount_krw,
        debit_account,
        credit_account
    from published_entries

)

select * from final
