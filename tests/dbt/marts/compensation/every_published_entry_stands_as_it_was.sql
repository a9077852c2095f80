-- Append-only: what readers have seen is in this generation too, byte for byte.

with published_entries as (

    select * from {{ published_ledger() }}

),

entries as (

    select * from {{ ref('fct_ledger_entries') }}

),

final as (

    select published_entries.entry_id
    from published_entries
    left join entries
        on
            published_entries.entry_id = entries.entry_id
            {%- for name, type in ledger_entry_columns() if name != 'entry_id' %}
            and published_entries.{{ name }} is not distinct from entries.{{ name }}
            {%- endfor %}
    where entries.entry_id is null

)

select * from final
