{% test counted(model, columns) %}
    {#- Sums that are carried on (macros/materializations/counted.sql): none is empty or below
        nought, and a row of which nothing is left is gone. Whatever else stands was forgotten by a
        batch that never counted it, and stays until everything is built anew. -#}
    select
        {{ columns | join(', ') }}
    from {{ model }}
    where
        {{ columns | join(' is null or ') }} is null
        or {{ columns | join(' < 0 or ') }} < 0
        or {{ columns | join(' + ') }} = 0
{% endtest %}
