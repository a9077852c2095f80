{#-
    How the engines read what was delivered: types, text that ought to be a value, the place of a row.
    See macros/engine/expressions.sql for how such macros are written.
-#}

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
    {#- Spark takes `2025` for the first day of that year, and `2025-12` for that of the month. It finds no day in
        `31/12/25`, in which DuckDB finds one of the year 31: either way the text is not formed as the contract has it. -#}
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


{% macro sum_of_hashes(fingerprint) -%}
    {#- What fingerprints of rows add up to: the same rows, as often, in whatever order. -#}
    {{ return(adapter.dispatch('sum_of_hashes', 'aftermath')(fingerprint)) }}
{%- endmacro %}

{% macro default__sum_of_hashes(fingerprint) -%}
    {#- Sums of numbers with a sign take DuckDB half the time; one of its 64 bits is the sign. -#}
    sum(cast({{ fingerprint }} >> 1 as bigint))
{%- endmacro %}

{% macro spark__sum_of_hashes(fingerprint) -%}
    sum({{ fingerprint }})
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
