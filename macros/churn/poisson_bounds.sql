{% macro poisson_low(events, z) -%}
    {#-
        Lower bound of the expectation of a Poisson count: Byar's approximation of the exact limits (Breslow and Day 1987).
        Within 1% of them from a count of 5 on, never negative, 0 at 0.
    -#}
    case
        when {{ events }} > 0
            then
                {{ events }}
                * power(
                    greatest(1 - 1 / (9.0 * {{ events }}) - {{ z }} / (3 * sqrt({{ events }})), 0), 3
                )
        else 0
    end
{%- endmacro %}


{% macro poisson_high(events, z) -%}
    {#-
        Upper bound of the expectation of a Poisson count, by the same approximation; 3.7 at a count of 0.
    -#}
    case
        when {{ events }} >= 0
            then
                ({{ events }} + 1)
                * power(
                    1 - 1 / (9.0 * ({{ events }} + 1)) + {{ z }} / (3 * sqrt({{ events }} + 1)), 3
                )
    end
{%- endmacro %}
