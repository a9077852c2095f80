{% macro churn_rate_of(leavers, base) -%}
    {#- Leavers over a base, to eight places, half up; empty where the base is 0. Rates cannot be added.
        Rounded as a whole number of hundred-millionths: engines round the half of a floating number
        differently. -#}
    cast(
        cast(floor((2e8 * ({{ leavers }}) + {{ base }}) / nullif(2 * {{ base }}, 0)) as bigint)
        * 0.00000001 as decimal(12, 8)
    )
{%- endmacro %}
