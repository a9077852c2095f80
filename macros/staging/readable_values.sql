{#-
    How a raw value is read. A landing area may deliver text or typed Parquet columns: text has to
    follow the contract to the letter (`2025-12-31`, `2025-12-31 00:10:00`, `-120`), because a lenient
    cast would shift a timestamp with a zone, round `1.7` and take `31/12/25` for something. Empty is
    unknown, never unreadable. `typeof` is a constant of the column, so of the two branches of every
    test only one is left in the plan.
-#}

{% macro as_date(column) -%}
    try_cast({{ column }} as date)
{%- endmacro %}

{% macro as_timestamp(column) -%}
    try_cast({{ column }} as timestamp)
{%- endmacro %}

{% macro as_whole_number(column) -%}
    try_cast({{ column }} as bigint)
{%- endmacro %}

{% macro as_boolean(column) -%}
    try_cast({{ column }} as boolean)
{%- endmacro %}

{% macro as_text(column) -%}
    nullif(cast({{ column }} as string), '')
{%- endmacro %}

{% macro is_unreadable(column, type, pattern) -%}
    (
        {{ column }} is not null
        and (
            (typeof({{ column }}) <> 'VARCHAR' and try_cast({{ column }} as {{ type }}) is null)
            or (
                typeof({{ column }}) = 'VARCHAR'
                and cast({{ column }} as string) <> ''
                and (
                    not regexp_full_match(cast({{ column }} as string), '{{ pattern }}')
                    or try_cast({{ column }} as {{ type }}) is null
                )
            )
        )
    )
{%- endmacro %}

{% macro is_unreadable_date(column) -%}
    {#- A typed day may lie beyond the years that four digits can write, and a day after it nowhere. -#}
    (
        {{ is_unreadable(column, 'date', '[0-9]{4}-[0-9]{2}-[0-9]{2}') }}
        or coalesce(
            year(try_cast({{ column }} as date)) not between 1 and 9999,
            try_cast({{ column }} as date) is not null
        )
    )
{%- endmacro %}

{% macro is_unreadable_timestamp(column) -%}
    {{ is_unreadable(
        column, 'timestamp', '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}'
    ) }}
{%- endmacro %}

{% macro is_unreadable_whole_number(column) -%}
    (
        {{ is_unreadable(column, 'bigint', '-?[0-9]{1,18}') }}
        or (
            typeof({{ column }}) not in ('VARCHAR', 'BIGINT', 'INTEGER')
            and try_cast({{ column }} as decimal(38, 6)) <> try_cast({{ column }} as bigint)
        )
        or try_cast({{ column }} as bigint) not between -{{ most_won() }} and {{ most_won() }}
    )
{%- endmacro %}

{% macro most_won() -%}
    {#- A thousand times ten to the power of twelve: more than all money of the economy, and thousands
        of it still fit into the type of a sum. -#}
    1000000000000000
{%- endmacro %}

{% macro is_unreadable_boolean(column) -%}
    {{ is_unreadable(column, 'boolean', 'true|false') }}
{%- endmacro %}

{% macro is_absent(column) -%}
    ({{ column }} is null or (typeof({{ column }}) = 'VARCHAR' and cast({{ column }} as string) = ''))
{%- endmacro %}
