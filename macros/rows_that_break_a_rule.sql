{#-
    What the test `integrity` is made of. Each part tells, of every row that breaks a rule, the rule in
    words and what was found: the value, or the key of the row where the value is that nothing stands there.
    Whoever reports a test that failed counts its rows by `rule` (orchestration/broken_rules.py).
-#}

{% macro rows_that_break_a_rule(relation, key, other_keys, filled, values, known) -%}
    {#- Columns by kind of rule: tests/dbt/generic/integrity.sql. Each is looked at by itself: where the statistics of a
        column say that nothing breaks its rule, nothing is read, which they do not say of several at once. -#}
    {%- set parts = [] -%}
    {%- for columns in [key] + other_keys if columns -%}
        {%- do parts.append(keys_told(relation, columns)) -%}
    {%- endfor -%}
    {%- for column in filled -%}
        {%- do parts.append(rows_told(relation, column ~ ' is empty', column ~ ' is null', key)) -%}
    {%- endfor -%}
    {%- for column, allowed in values.items() -%}
        {%- do parts.append(rows_told(
            relation,
            column ~ ' is none of ' ~ allowed | join(', '),
            column ~ ' not in (' ~ literals_of(allowed) ~ ')',
            [column]
        )) -%}
    {%- endfor -%}
    {%- for column, place in known.items() -%}
        {%- set is_renamed = place is sequence and place is not mapping and place is not string -%}
        {%- do parts.append(
            unknown_told(relation, column, *(place if is_renamed else [place, column]))
        ) -%}
    {%- endfor -%}
    {{ parts | join('\n    union all\n    ') }}
{%- endmacro %}


{% macro rows_told(relation, rule, condition, columns) -%}
    {#- Rows that a condition finds, with the columns that show what was found. -#}
    select
        {{ told_of_row(rule, columns) }}
    from {{ relation }}
    where {{ condition }}
{%- endmacro %}


{% macro keys_told(relation, columns) -%}
    select
        {{ told_of_row('(' ~ columns | join(', ') ~ ') is empty or stands twice', columns) }}
    from {{ relation }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        or {{ columns | join(' is null or ') }} is null
{%- endmacro %}


{% macro unknown_told(relation, column, place, name) -%}
    {#- `name` is that of the column in the table that knows it. -#}
    select
        {{ told_of_row(column ~ ' is no ' ~ name ~ ' of ' ~ (place.identifier or place), ['given']) }}
    from (select {{ column }} as given from {{ relation }}) as tested
    left join (select {{ name }} as known_value from {{ place }}) as knowing
        on tested.given = knowing.known_value
    where
        tested.given is not null
        and knowing.known_value is null
{%- endmacro %}


{% macro told_of_row(rule, columns) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(rule)) }} as rule,
        {% for column in columns -%}
        coalesce(cast({{ column }} as string), 'empty'){{ " || ', ' || " if not loop.last }}
        {%- else -%}
        cast(null as string)
        {%- endfor %} as found
{%- endmacro %}


{% macro literals_of(allowed) -%}
    {%- for value in allowed -%}
        {{ dbt.string_literal(value) if value is string else value }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
