{% macro raw_relation(entity) -%}
    {#- The relation that holds an entity as delivered: a seed of the bundled sample, or what was
        taken in from a landing area. Either way an edge of the graph. -#}
    {%- if var('raw_carrier') == 'landing' -%}
        {{ source('landing', 'raw_' ~ entity) }}
    {%- else -%}
        {{ ref('raw_' ~ entity) }}
    {%- endif -%}
{%- endmacro %}
