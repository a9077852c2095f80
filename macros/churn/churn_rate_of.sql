{% macro churn_rate_of(leavers, base) -%}
    {#- Leavers over a base, to eight places, half up; empty where the base is 0. Rates cannot be added. Rounded as a whole
        number of hundred-millionths, since engines round the half of a floating number differently. -#}
    cast(
        cast(floor(
            (200000000 * cast({{ leavers }} as double) + {{ base }}) / nullif(2 * {{ base }}, 0)
        ) as bigint) * 0.00000001 as decimal(12, 8)
    )
{%- endmacro %}
