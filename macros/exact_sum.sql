{% macro exact_sum(expression, digits, over='') -%}
    {#-
        A sum of floating numbers that is the same in whatever order it is taken: the terms are rounded to so many
        digits after the point and added up as decimals, of which 38 digits are exact. A plain sum of doubles differs in its
        last digits with the number of threads, and what is derived from it may round the other way. `digits` is chosen for
        the size of the terms: far below what matters, and with room for the sum before the point. `over` names a window.
    -#}
    cast(sum(cast({{ expression }} as decimal(38, {{ digits }}))){{ ' over ' ~ over if over }} as double)
{%- endmacro %}
