{% test filled(model, columns) %}
    {#- Rows in which one of the columns is empty: one scan for all of them. Where a register has
        several columns that may not be empty, one test is quicker than one for each. -#}
    select
        {{ columns | join(', ') }}
    from {{ model }}
    where
        {{ columns | join(' is null or ') }} is null
{% endtest %}
