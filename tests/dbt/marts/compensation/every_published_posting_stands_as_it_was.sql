-- Append-only: what readers have seen is in this generation too, byte for byte.

with published_postings as (

    select * from {{ published_ledger() }}

),

ledger as (

    select * from {{ ref('fct_compensation_ledger') }}

),

final as (

    select published_postings.posting_id
    from published_postings
    left join ledger
        on
            published_postings.posting_id = ledger.posting_id
            {%- for name, type in published_ledger_columns() if name != 'posting_id' %}
            and published_postings.{{ name }} is not distinct from ledger.{{ name }}
            {%- endfor %}
    where ledger.posting_id is null

)

select * from final
