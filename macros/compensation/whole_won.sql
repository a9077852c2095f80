{% macro whole_won(numerator, denominator) -%}
    {#-
        The one place where an amount of money is rounded: down to whole won, in the customer's favour
        for a fee. Numerator and denominator are whole numbers; their quotient is taken in double
        precision, which is exact for the floor as long as the numerator stays below 2^52.
    -#}
    cast(floor(({{ numerator }}) / nullif({{ denominator }}, 0)) as bigint)
{%- endmacro %}
