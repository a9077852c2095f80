{#-
    What the engines say differently. Each macro is one meaning: the words of DuckDB, the engine that a run uses unless
    told otherwise, are `default__`, those of Spark `spark__`. A model calls the macro and knows no engine; a convention
    keeps the words of one engine inside this folder, and tests/unit/test_engine_macros.py holds the two against each other.

    No backslash and no doubled quote in a text: Spark reads both in its own way.
-#}

{% macro fully_matches(text, pattern) -%}
    {#- Whether the whole of a text is formed so. -#}
    {{ return(adapter.dispatch('fully_matches', 'aftermath')(text, pattern)) }}
{%- endmacro %}

{% macro default__fully_matches(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__fully_matches(text, pattern) -%}
    {#- `$` would let a line end pass behind the text: after the match there is no character at all. -#}
    ({{ text }} rlike '^(?:{{ pattern }})(?!(?s:.))')
{%- endmacro %}


{% macro replace_every_match(text, pattern, replacement) -%}
    {#- The text with every place that matches replaced. -#}
    {{ return(adapter.dispatch('replace_every_match', 'aftermath')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro default__replace_every_match(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__replace_every_match(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}


{% macro whole_quotient(dividend, divisor) -%}
    {#- How often a whole number that is not negative holds another, in whole numbers. -#}
    {{ return(adapter.dispatch('whole_quotient', 'aftermath')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__whole_quotient(dividend, divisor) -%}
    {{ dividend }} // {{ divisor }}
{%- endmacro %}

{% macro spark__whole_quotient(dividend, divisor) -%}
    {{ dividend }} div {{ divisor }}
{%- endmacro %}


{% macro iso_weekday(day) -%}
    {#- Day of the week, 1 Monday to 7 Sunday. Engines number weekdays differently and call the ISO
        numbering by different names. -#}
    {{ return(adapter.dispatch('iso_weekday', 'aftermath')(day)) }}
{%- endmacro %}

{% macro default__iso_weekday(day) -%}
    extract(isodow from {{ day }})
{%- endmacro %}

{% macro spark__iso_weekday(day) -%}
    (weekday({{ day }}) + 1)
{%- endmacro %}


{% macro keyed_hash(kind, identifier) -%}
    {#- The first 60 bits of SHA-256 over the key of the pseudonyms, the kind and the identifier, as a positive
        bigint. The key is held by the session, so that it stands in no compiled file, no plan and no log. -#}
    {{ return(adapter.dispatch('keyed_hash', 'aftermath')(kind, identifier)) }}
{%- endmacro %}

{% macro default__keyed_hash(kind, identifier) -%}
    cast('0x' || substr(sha256(getvariable('pseudonym_key') || ':{{ kind }}:' || {{ identifier }}), 1, 15) as bigint)
{%- endmacro %}

{% macro spark__keyed_hash(kind, identifier) -%}
    cast(
        conv(
            substr(
                sha2(
                    (select pseudonym_key.value from pseudonym_key) || ':{{ kind }}:' || {{ identifier }},
                    256
                ),
                1,
                15
            ),
            16,
            10
        ) as bigint
    )
{%- endmacro %}


{% macro is_text(column) -%}
    {#- Whether a column is of text. A constant of the column, so that of two branches only one is left in the plan. -#}
    {{ return(adapter.dispatch('is_text', 'aftermath')(column)) }}
{%- endmacro %}

{% macro default__is_text(column) -%}
    typeof({{ column }}) = 'VARCHAR'
{%- endmacro %}

{% macro spark__is_text(column) -%}
    typeof({{ column }}) = 'string'
{%- endmacro %}


{% macro is_whole_number_type(column) -%}
    {#- Whether a column is of a type that a file gives whole numbers. -#}
    {{ return(adapter.dispatch('is_whole_number_type', 'aftermath')(column)) }}
{%- endmacro %}

{% macro default__is_whole_number_type(column) -%}
    typeof({{ column }}) in ('BIGINT', 'INTEGER')
{%- endmacro %}

{% macro spark__is_whole_number_type(column) -%}
    typeof({{ column }}) in ('bigint', 'int')
{%- endmacro %}


{% macro date_or_null(column) -%}
    {#- A column read as a day, null where it is none. -#}
    {{ return(adapter.dispatch('date_or_null', 'aftermath')(column)) }}
{%- endmacro %}

{% macro default__date_or_null(column) -%}
    try_cast({{ column }} as date)
{%- endmacro %}

{% macro spark__date_or_null(column) -%}
    {#- Spark takes `2025` for the first day of that year, and `2025-12` for that of the month. -#}
    try_cast(
        case
            when
                not {{ spark__is_text(column) }}
                or cast({{ column }} as string) rlike '^ *[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}'
                then {{ column }}
        end as date
    )
{%- endmacro %}


{% macro whole_number_or_null(column) -%}
    {#- A column read as a whole number, rounded to one; null where it is no number. -#}
    {{ return(adapter.dispatch('whole_number_or_null', 'aftermath')(column)) }}
{%- endmacro %}

{% macro default__whole_number_or_null(column) -%}
    try_cast({{ column }} as bigint)
{%- endmacro %}

{% macro spark__whole_number_or_null(column) -%}
    {#- Spark cuts a fraction off, and finds no number in a text with one. -#}
    case
        when {{ spark__is_whole_number_type(column) }} then try_cast({{ column }} as bigint)
        else try_cast(round(try_cast({{ column }} as decimal(38, 6)), 0) as bigint)
    end
{%- endmacro %}


{% macro content_hash(columns) -%}
    {#- A fingerprint of columns, to tell a repetition from a change: compared within one statement and never stored,
        so that it may differ between engines. An empty text is the same as none; a value in one column is not the
        same value in the next. -#}
    {{ return(adapter.dispatch('content_hash', 'aftermath')(columns)) }}
{%- endmacro %}

{% macro default__content_hash(columns) -%}
    hash(
        {%- for column in columns %}
            case when {{ default__is_text(column) }} then nullif(cast({{ column }} as string), '') end,
            case when not {{ default__is_text(column) }} then {{ column }} end
            {{- ',' if not loop.last }}
        {%- endfor %}
        )
{%- endmacro %}

{% macro spark__content_hash(columns) -%}
    {#- Spark passes over a null without a trace, and its `hash` has 32 bits. -#}
    xxhash64(
        {%- for column in columns %}
            coalesce(cast({{ column }} as string), '')
            {{- ',' if not loop.last }}
        {%- endfor %}
        )
{%- endmacro %}


{% macro row_of_seed() -%}
    {#- Place of a row in the file that a seed was loaded from, from 1. -#}
    {{ return(adapter.dispatch('row_of_seed', 'aftermath')()) }}
{%- endmacro %}

{% macro default__row_of_seed() -%}
    row_number() over ()
{%- endmacro %}

{% macro spark__row_of_seed() -%}
    {#- A seed is written as one file in its order (macros/engine/seed.sql), and Iceberg knows a row's place in it. -#}
    (_pos + 1)
{%- endmacro %}
