-- Grain: one row per (ledger entry, side): the two postings of every entry of fct_ledger_entries.
-- Append-only as the entries are. Debits equal credits in every entry, so amounts add up with their
-- sign over any columns: debit less credit.

{{ config(materialized='view') }}

-- An import for each side: of one that is read twice every column of every entry would be written
-- down first, whatever a reader asks for.
with debits as (

    select * from {{ ref('fct_ledger_entries') }}

),

credits as (

    select * from {{ ref('fct_ledger_entries') }}

),

postings as (

    {% for side, other in [('debit', 'credit'), ('credit', 'debit')] -%}
    select
        entry_id || '/{{ side }}' as posting_id,
        entry_id,
        event_kind,
        is_reversal,
        source_id,
        posted_on,
        known_from,
        programme_id,
        line_key,
        policy_version,
        {{ side }}_account as account,
        '{{ side }}' as side,
        amount_krw,
        reverses_entry_id || '/{{ other }}' as reverses_posting_id,
        {{ side }}_treatment as treatment
    from {{ side }}s
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (

    select
        cast(posting_id as string) as posting_id,
        cast(entry_id as string) as entry_id,
        cast(event_kind as string) as event_kind,
        cast(is_reversal as boolean) as is_reversal,
        cast(source_id as string) as source_id,
        cast(posted_on as date) as posted_on,
        cast(known_from as date) as known_from,
        cast(programme_id as string) as programme_id,
        cast(line_key as bigint) as line_key,
        cast(policy_version as string) as policy_version,
        cast(account as string) as account,
        cast(side as string) as side,
        cast(amount_krw as bigint) as amount_krw,
        cast(reverses_posting_id as string) as reverses_posting_id,
        cast(treatment as string) as treatment
    from postings

)

select * from final
