-- Grain: one row per ledger entry that was published before, corrections of others left out.
-- Does it still stand, and would the exports and rules known today give rise to it?

with published_entries as (

    select * from {{ ref('int_ledger_published') }}

),

entries as (

    select * from {{ ref('int_ledger_entries') }}

),

corrections as (

    select
        corrects_entry_id,
        count(*) as correction_count,
        sum(case when is_withdrawal then -1 else 1 end) as change
    from published_entries
    where corrects_entry_id is not null
    group by 1

),

final as (

    select
        published_entries.entry_id,
        published_entries.derived_entry_id,
        published_entries.event_kind,
        published_entries.is_reversal,
        published_entries.reverses_entry_id,
        published_entries.source_id,
        published_entries.programme_id,
        published_entries.line_key,
        published_entries.policy_version,
        published_entries.amount_krw,
        published_entries.debit_account,
        published_entries.credit_account,
        coalesce(corrections.correction_count, 0) as correction_count,
        cast(1 + coalesce(corrections.change, 0) as bigint) as standing,
        entries.entry_id is not null as is_still_right
    from published_entries
    left join corrections
        on published_entries.entry_id = corrections.corrects_entry_id
    left join entries
        on
            published_entries.derived_entry_id = entries.entry_id
            and published_entries.amount_krw = entries.amount_krw
            and published_entries.debit_account = entries.debit_account
            and published_entries.credit_account = entries.credit_account
            and published_entries.programme_id is not distinct from entries.programme_id
            and published_entries.line_key is not distinct from entries.line_key
    where published_entries.corrects_entry_id is null

)

select * from final
