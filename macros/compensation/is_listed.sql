{% macro is_listed(value, list) -%}
    {#- Is a code in a list written `|one|two|`, as bounded_list() makes it? False for an unknown code, so that a
        rule stays two-valued. -#}
    coalesce(instr({{ list }}, '|' || {{ value }} || '|') > 0, false)
{%- endmacro %}


{% macro bounded_list(list) -%}
    {#- A list as rules are written (`one|two`), with a bar at either end: done once for each list, not for
        each line that is looked up in it. -#}
    '|' || {{ list }} || '|'
{%- endmacro %}
