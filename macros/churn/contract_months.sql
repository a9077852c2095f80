{% macro contract_month_start(signed_on, months) -%}
    {#-
        First day after so many completed calendar months, as complete_months() counts them: a contract signed on the 31st
        completes February on 1 March, since February has no 31st.
    -#}
    cast(
        {{ signed_on }} + cast({{ months }} as integer) * interval 1 month
        + case
            when
                extract(day from {{ signed_on }} + cast({{ months }} as integer) * interval 1 month)
                < extract(day from {{ signed_on }})
                then interval 1 day
            else interval 0 day
        end as date
    )
{%- endmacro %}
