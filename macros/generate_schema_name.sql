{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Schemas are named by layer or subject alone: the word list is the same in every tree. -#}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
