{% test filled(model, columns) %}
    {#- Rows in which one of the columns is empty: one scan for all of them. -#}
    select {{ columns | join(', ') }}
    from {{ model }}
    where {{ columns | join(' is null or ') }} is null
{% endtest %}
