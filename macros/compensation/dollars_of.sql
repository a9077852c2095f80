{% macro dollars_of(won, rate) -%}
    {#-
        The one place where won become dollars: won / rate, rounded half up to cents. `rate` is a decimal with four
        places: won for a dollar. The quotient is first taken in double precision, which may miss the cent by one where
        it is nearly whole; what is left over, in decimals, then decides the last cent exactly.
    -#}
    cast(
        (
            {{ whole_cents(won, rate) }}
            + case
                when
                    2 * (
                        cast({{ won }} as decimal(30, 4)) * 100
                        - {{ whole_cents(won, rate) }} * cast({{ rate }} as decimal(12, 4))
                    ) >= cast({{ rate }} as decimal(12, 4))
                    then 1
                else 0
            end
        ) * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
    )
{%- endmacro %}


{% macro whole_cents(won, rate) -%}
    {#- Cents, one too few or too many where the quotient is nearly whole; only dollars_of() corrects that. -#}
    cast(
        floor(
            cast({{ won }} as double) * 100 / nullif(cast({{ rate }} as double), 0)
        ) as decimal(22, 0)
    )
{%- endmacro %}
