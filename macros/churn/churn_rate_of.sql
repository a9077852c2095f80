{% macro churn_rate_of(leavers, base) -%}
    {#- Leavers over a base, to eight places; empty where the base is 0. Rates cannot be added. -#}
    cast(round(cast({{ leavers }} as double) / nullif({{ base }}, 0), 8) as decimal(12, 8))
{%- endmacro %}
