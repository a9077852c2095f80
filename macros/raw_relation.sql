{% macro raw_relation(entity) -%}
    {#- The relation that holds an entity as delivered: a seed of the bundled sample, or what was
        taken in from a landing area. Either way an edge of the graph. -#}
    {%- if var('raw_carrier') == 'landing' -%}
        {{ source('landing', 'raw_' ~ entity) }}
    {%- else -%}
        {{ ref('raw_' ~ entity) }}
    {%- endif -%}
{%- endmacro %}


{% macro raw_schema_changes() -%}
    {#- Columns of delivered files that are not what they were, as intake found them. The bundled sample
        has the columns of the contract, so that there it is a relation without rows. -#}
    {%- if var('raw_carrier') == 'landing' -%}
        {{ source('landing', 'raw_schema_changes') }}
    {%- else -%}
        (
            select
                cast(null as string) as batch_date,
                cast(null as string) as entity,
                cast(null as string) as file_name,
                cast(null as string) as column_name,
                cast(null as string) as kind,
                cast(null as string) as delivered_type
            where false
        ) as no_changes
    {%- endif -%}
{%- endmacro %}
