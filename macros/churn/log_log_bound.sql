{% macro log_log_bound(probability, variance, z, sign) -%}
    {#-
        Bound of a probability between 0 and 1 with this variance, symmetric for ln(-ln p) and so never outside 0 and 1
        (Kalbfleisch and Prentice). `sign` is 1 for the lower bound and -1 for the upper. Empty where p is 0 or 1: there is no
        spread to see yet.
    -#}
    case
        when {{ probability }} > 0 and {{ probability }} < 1
            then
                exp(
                    ln({{ probability }})
                    * exp(
                        {{ sign }} * {{ z }} * sqrt({{ variance }})
                        / abs({{ probability }} * ln({{ probability }}))
                    )
                )
    end
{%- endmacro %}
