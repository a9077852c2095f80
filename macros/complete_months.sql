{% macro complete_months(from_date, to_date) -%}
    {#- Calendar months that have passed in full: the 31st counts a month only when a 31st, or the
        first of the month after a shorter one, has come. -#}
    (
        (extract(year from {{ to_date }}) - extract(year from {{ from_date }})) * 12
        + (extract(month from {{ to_date }}) - extract(month from {{ from_date }}))
        - case
            when extract(day from {{ to_date }}) < extract(day from {{ from_date }}) then 1
            else 0
        end
    )
{%- endmacro %}
