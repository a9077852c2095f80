{% test counted(model, columns) %}
    {#- Sums that are carried on (macros/materializations/counted.sql): none is empty or below nought,
        and a row of which nothing is left is gone. Whatever else stands was forgotten by a batch that
        never counted it, and stays until everything is built anew. -#}
    select
        {{ columns | join(', ') }}
    from {{ model }}
    where
        {% for column in columns -%}
        {{ column }} is null
        or {{ column }} < 0
        or {% endfor -%}
        {{ columns | join(' + ') }} = 0
{% endtest %}
