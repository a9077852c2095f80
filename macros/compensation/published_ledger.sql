{% macro ledger_entry_columns() -%}
    {#- Columns of an entry, in the order in which orchestration/published_ledger.py brings them. -#}
    {{- return([
        ('entry_id', 'string'),
        ('edition_of_entry_id', 'string'),
        ('corrects_entry_id', 'string'),
        ('event_kind', 'string'),
        ('is_reversal', 'boolean'),
        ('reverses_entry_id', 'string'),
        ('source_id', 'string'),
        ('posted_on', 'date'),
        ('known_from', 'date'),
        ('programme_id', 'string'),
        ('line_key', 'bigint'),
        ('policy_version', 'string'),
        ('amount_krw', 'bigint'),
        ('debit_account', 'string'),
        ('debit_treatment', 'string'),
        ('credit_account', 'string'),
        ('credit_treatment', 'string'),
    ]) -}}
{%- endmacro %}


{% macro create_published_ledger() -%}
    {#- Before the first publication, and in a run by hand, nothing was published yet. -#}
    {%- set columns = [] -%}
    {%- for name, type in ledger_entry_columns() -%}
        {%- do columns.append(name ~ ' ' ~ type) -%}
    {%- endfor -%}
    {{ in_turn([
        'create schema if not exists published',
        'create table if not exists published.ledger_entries (' ~ columns | join(', ') ~ ')',
        'create table if not exists published.ledger_days (published_to date)',
    ]) }}
{%- endmacro %}


{% macro published_ledger() -%}
    {#- The entries that readers have seen already: no edge of the graph, since they are what earlier
        runs have published. -#}
    published.ledger_entries
{%- endmacro %}


{% macro published_ledger_days() -%}
    {#- The newest as-of day that readers have seen books of; no row where they have seen none. -#}
    published.ledger_days
{%- endmacro %}


{% macro edition_of(entry_id, editions) -%}
    {#- Name of an entry that is not published yet: its own, or a further edition of it. -#}
    case
        when {{ editions }}.edition_count is null then {{ entry_id }}
        else {{ entry_id }} || '=' || cast({{ editions }}.edition_count as string)
    end
{%- endmacro %}
