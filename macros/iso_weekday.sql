{% macro iso_weekday(day) -%}
    {#- Day of the week, 1 Monday to 7 Sunday. Engines number weekdays differently and call the ISO
        numbering by different names. -#}
    extract(isodow from {{ day }})
{%- endmacro %}
