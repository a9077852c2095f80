{% macro month_of(day) -%}
    {#- First day of the month that a day lies in; as a date, which engines do not agree about. -#}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}
