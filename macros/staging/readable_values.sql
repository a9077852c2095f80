{#-
    How a raw value is read. A landing area may deliver text or typed Parquet columns: text has to
    follow the contract to the letter (`2025-12-31`, `2025-12-31 00:10:00`, `-120`), because a lenient
    cast would shift a timestamp with a zone, round `1.7` and take `31/12/25` for something. Empty is
    unknown, never unreadable.
-#}

{% macro as_date(column) -%}
    {{ date_or_null(column) }}
{%- endmacro %}

{% macro as_timestamp(column) -%}
    try_cast({{ column }} as timestamp)
{%- endmacro %}

{% macro as_whole_number(column) -%}
    {{ whole_number_or_null(column) }}
{%- endmacro %}

{% macro as_boolean(column) -%}
    try_cast({{ column }} as boolean)
{%- endmacro %}

{% macro as_text(column) -%}
    nullif(cast({{ column }} as string), '')
{%- endmacro %}

{% macro is_unreadable(column, value, pattern) -%}
    (
        {{ column }} is not null
        and (
            (not {{ is_text(column) }} and {{ value }} is null)
            or (
                {{ is_text(column) }}
                and cast({{ column }} as string) <> ''
                and (
                    not {{ fully_matches('cast(' ~ column ~ ' as string)', pattern) }}
                    or {{ value }} is null
                )
            )
        )
    )
{%- endmacro %}

{% macro is_unreadable_date(column) -%}
    {#- A typed day may lie beyond the years that four digits can write, and a day after it nowhere. -#}
    (
        {{ is_unreadable(column, as_date(column), '[0-9]{4}-[0-9]{2}-[0-9]{2}') }}
        or coalesce(
            year({{ as_date(column) }}) not between 1 and 9999,
            {{ as_date(column) }} is not null
        )
    )
{%- endmacro %}

{% macro is_unreadable_timestamp(column) -%}
    {{ is_unreadable(
        column, as_timestamp(column), '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}'
    ) }}
{%- endmacro %}

{% macro is_unreadable_whole_number(column) -%}
    (
        {{ is_unreadable(column, as_whole_number(column), '-?[0-9]{1,18}') }}
        or (
            not {{ is_text(column) }}
            and not {{ is_whole_number_type(column) }}
            and try_cast({{ column }} as decimal(38, 6)) <> {{ as_whole_number(column) }}
        )
        or {{ as_whole_number(column) }} not between -{{ most_won() }} and {{ most_won() }}
    )
{%- endmacro %}

{% macro most_won() -%}
    {#- A thousand times ten to the power of twelve: more than all money of the economy, and thousands
        of it still fit into the type of a sum. -#}
    1000000000000000
{%- endmacro %}

{% macro is_unreadable_boolean(column) -%}
    {{ is_unreadable(column, as_boolean(column), 'true|false') }}
{%- endmacro %}

{% macro is_absent(column) -%}
    ({{ column }} is null or ({{ is_text(column) }} and cast({{ column }} as string) = ''))
{%- endmacro %}
