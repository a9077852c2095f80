-- Append-only: what readers have seen is in this generation too, byte for byte. Entries that became
-- known on a day are held against those of this generation by their number and what fingerprints of
-- all columns add up to. The days that differ, because something was added to them or is wrong, are
-- compared entry by entry.

{%- set columns = ledger_entry_columns() | map(attribute=0) | list %}

with published_entries as (

    select * from {{ published_ledger() }}

),

-- Once more, since a table that is no edge of the graph is written down for two readers.
published_by_day as (

    select * from {{ published_ledger() }}

),

entries as (

    select * from {{ ref('fct_ledger_entries') }}

),

days_published as (

    select
        known_from,
        count(*) as entry_count,
        {{ sum_of_hashes(exact_hash(columns)) }} as digest
    from published_by_day
    group by 1

),

days as (

    select
        known_from,
        count(*) as entry_count,
        {{ sum_of_hashes(exact_hash(columns)) }} as digest
    from entries
    group by 1

),

days_to_compare as (

    select days_published.known_from
    from days_published
    left join days
        on
            days_published.known_from is not distinct from days.known_from
            and days_published.entry_count = days.entry_count
            and days_published.digest = days.digest
    where days.entry_count is null

),

entries_to_compare as (

    select
        entries.{{ columns | join(',\n        entries.') }}
    from entries
    inner join days_to_compare
        on entries.known_from is not distinct from days_to_compare.known_from

),

final as (

    select published_entries.entry_id
    from published_entries
    inner join days_to_compare
        on published_entries.known_from is not distinct from days_to_compare.known_from
    left join entries_to_compare
        on
            published_entries.entry_id = entries_to_compare.entry_id
            {%- for name in columns if name != 'entry_id' %}
            and published_entries.{{ name }} is not distinct from entries_to_compare.{{ name }}
            {%- endfor %}
    where entries_to_compare.entry_id is null

)

select * from final
