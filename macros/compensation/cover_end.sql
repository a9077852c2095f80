{% macro cover_end(cover_from, months) -%}
    {#-
        Last day of a cover of so many months: the day before the day of the same number. Where the
        last month has no such day, its last day (Civil Act of Korea, art. 160): the addition of
        months then lands on that day, and nothing is taken off.
    -#}
    cast(
        cast({{ cover_from }} + cast({{ months }} as integer) * interval 1 month as date)
        - case
            when
                extract(
                    day from cast(
                        {{ cover_from }} + cast({{ months }} as integer) * interval 1 month as date
                    )
                ) < extract(day from {{ cover_from }})
                then 0
            else 1
        end * interval 1 day as date
    )
{%- endmacro %}
