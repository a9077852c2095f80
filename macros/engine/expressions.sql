{#-
    What the engines say differently. Each macro is one meaning: the words of DuckDB, the engine that a run uses unless
    told otherwise, are `default__`, those of Spark `spark__`. A model calls the macro and knows no engine; a convention
    keeps the words of one engine inside this folder, and tests/spark/test_engine_macros.py holds the two against each other.

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


{% macro years_before(day, years) -%}
    {#- The same day of an earlier year; the last of February where that year has no 29th. -#}
    {{ return(adapter.dispatch('years_before', 'aftermath')(day, years)) }}
{%- endmacro %}

{% macro default__years_before(day, years) -%}
    cast({{ day }} - cast({{ years }} as bigint) * interval 1 year as date)
{%- endmacro %}

{% macro spark__years_before(day, years) -%}
    add_months({{ day }}, cast(-12 * {{ years }} as int))
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


{% macro orders_quicker_than_groups() -%}
    {#- Whether millions of values are ordered in less time than they are grouped. Spark orders all of them in one task. -#}
    {{ return(adapter.dispatch('orders_quicker_than_groups', 'aftermath')()) }}
{%- endmacro %}

{% macro default__orders_quicker_than_groups() -%}
    {{ return(true) }}
{%- endmacro %}

{% macro spark__orders_quicker_than_groups() -%}
    {{ return(false) }}
{%- endmacro %}


{% macro key_hash(columns) -%}
    {#- A fingerprint of a key, whose empty parts are counted apart; `content_hash` tells rows that were delivered. -#}
    {{ return(adapter.dispatch('key_hash', 'aftermath')(columns)) }}
{%- endmacro %}

{% macro default__key_hash(columns) -%}
    {#- Of a number of another type it may be another one: keys held against each other are then grouped, never passed. -#}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__key_hash(columns) -%}
    {#- Of texts, since its fingerprint of a number is another one for every type of number. -#}
    {{ return(content_hash(columns)) }}
{%- endmacro %}


{% macro high_bits(fingerprint) -%}
    {#- The first of two numbers that a fingerprint is ordered by, `low_bits` being the other. -#}
    {{ return(adapter.dispatch('high_bits', 'aftermath')(fingerprint)) }}
{%- endmacro %}

{% macro default__high_bits(fingerprint) -%}
    {#- DuckDB orders by up to eight bytes in two thirds of the time that it takes for more, and spends one for each
        column on whether it is empty. That leaves 48 of the 64 bits. -#}
    cast({{ fingerprint }} >> 32 as uinteger)
{%- endmacro %}

{% macro spark__high_bits(fingerprint) -%}
    {#- For the day on which Spark orders keys; with the sign, which equality does not mind. -#}
    shiftright({{ fingerprint }}, 32)
{%- endmacro %}


{% macro low_bits(fingerprint) -%}
    {{ return(adapter.dispatch('low_bits', 'aftermath')(fingerprint)) }}
{%- endmacro %}

{% macro default__low_bits(fingerprint) -%}
    {#- Of a number with a sign the result would have 128 bits. -#}
    cast(({{ fingerprint }} >> 16) & cast(256 * 256 - 1 as ubigint) as usmallint)
{%- endmacro %}

{% macro spark__low_bits(fingerprint) -%}
    (shiftright({{ fingerprint }}, 16) & (256 * 256 - 1))
{%- endmacro %}
