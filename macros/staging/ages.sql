{% macro age_in_years(birth_date, on_date) -%}
    {#- Completed years. Who was born on 29 February has a birthday on 1 March of other years. -#}
    cast(
        floor(
            (
                (year({{ on_date }}) - year({{ birth_date }})) * 10000
                + (month({{ on_date }}) - month({{ birth_date }})) * 100
                + (day({{ on_date }}) - day({{ birth_date }}))
            ) / 10000
        ) as integer
    )
{%- endmacro %}
