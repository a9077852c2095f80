-- Grain: one row per (ledger entry, side): two postings make an entry.
-- Append-only: a posting once published stands in every later generation as it was; a correction is
-- a reversal and a new entry. Debits equal credits in every entry, so amounts add up with their sign
-- over any columns: debit less credit.

with published_postings as (

    select * from {{ published_ledger() }}

),

entries as (

    select * from {{ ref('int_ledger_entries_appended') }}

),

accounts as (

    select * from {{ ref('ref_ledger_accounts') }}

),

postings as (

    {% for side, other in [('debit', 'credit'), ('credit', 'debit')] -%}
    select
        entries.entry_id || '/{{ side }}' as posting_id,
        entries.entry_id,
        entries.event_entry_id,
        entries.corrects_entry_id,
        entries.event_kind,
        entries.is_reversal,
        entries.source_id,
        entries.posted_on,
        entries.known_from,
        entries.programme_id,
        entries.line_key,
        entries.policy_version,
        entries.{{ side }}_account as account,
        '{{ side }}' as side,
        entries.amount_krw,
        entries.reverses_entry_id || '/{{ other }}' as reverses_posting_id,
        accounts.treatment_code as treatment
    from entries
    left join accounts
        on entries.{{ side }}_account = accounts.account
    {{ 'union all' if not loop.last }}
    {% endfor %}
    union all
    select
        {% for name, type in published_ledger_columns() -%}
        {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from published_postings

),

final as (

    select
        {% for name, type in published_ledger_columns() -%}
        cast({{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from postings

)

select * from final
