{% macro published_ledger_columns() -%}
    {#- Columns of a posting, in the order in which orchestration/published_ledger.py brings them. -#}
    {{- return([
        ('posting_id', 'varchar'),
        ('entry_id', 'varchar'),
        ('event_entry_id', 'varchar'),
        ('corrects_entry_id', 'varchar'),
        ('event_kind', 'varchar'),
        ('is_reversal', 'boolean'),
        ('source_id', 'varchar'),
        ('posted_on', 'date'),
        ('known_from', 'date'),
        ('programme_id', 'varchar'),
        ('line_key', 'bigint'),
        ('policy_version', 'varchar'),
        ('account', 'varchar'),
        ('side', 'varchar'),
        ('amount_krw', 'bigint'),
        ('reverses_posting_id', 'varchar'),
        ('treatment', 'varchar'),
    ]) -}}
{%- endmacro %}


{% macro create_published_ledger() -%}
    {#- Before the first publication, and in a run by hand, nothing was published yet. -#}
    create schema if not exists published;
    create table if not exists published.ledger_postings (
        {%- for name, type in published_ledger_columns() %}
        {{ name }} {{ type }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{% macro published_ledger() -%}
    {#- The postings that readers have seen already: no edge of the graph, since they are what earlier
        runs have published. -#}
    published.ledger_postings
{%- endmacro %}
