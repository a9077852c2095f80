{% macro moved_value(driver, low, base, high) -%}
    {#- Value of a driver of the cost under a setting: at its end if the setting moves it or moves all, else at its
        base. Needs `settings`: moved_driver_id (a driver, or `all`) and side. -#}
    case
        when settings.moved_driver_id not in ('all', coalesce({{ driver }}, '')) then {{ base }}
        when settings.side = 'low' then {{ low }}
        when settings.side = 'high' then {{ high }}
        else {{ base }}
    end
{%- endmacro %}


{% macro in_proportion(amount, set_value, base_value) -%}
    {#- An amount moved as a value moves from its base; as it is where there is no base to move from. The values are
        whole numbers, so that rounding happens in whole_won() alone. -#}
    case
        when {{ base_value }} > 0 and {{ set_value }} <> {{ base_value }}
            then {{ whole_won(amount ~ ' * ' ~ set_value, base_value) }}
        else {{ amount }}
    end
{%- endmacro %}


{% macro share_of_won(amount, share) -%}
    {#- A share of an amount in whole won; shares count to a hundredth of a percent. -#}
    {{ whole_won(amount ~ ' * cast(round(' ~ share ~ ' * 10000) as bigint)', 10000) }}
{%- endmacro %}


{% macro value_of(parameter, column, parts) -%}
    {#- Value of a parameter among the rows of a group, in whole parts of a unit: 10 for tenths of a won, 10000 for
        hundredths of a percent. -#}
    cast(round(max(case when parameter = '{{ parameter }}' then {{ column }} end) * {{ parts }}) as bigint)
{%- endmacro %}
