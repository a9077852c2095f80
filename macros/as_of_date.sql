{% macro as_of_date() -%}
    {#-
        The one clock of the warehouse. A run passes the day; plain dbt falls back to the newest
        batch delivered, asked of the data when the statement runs and not when it is compiled.
    -#}
    {%- if var('as_of_date') -%}
        cast('{{ var("as_of_date") }}' as date)
    {%- else -%}
        (select max(cast(batch_date as date)) from {{ raw_relation('batch_files') }})
    {%- endif -%}
{%- endmacro %}
