{% test one_row_per(model, columns) %}
    {#- The primary key of a table of more than one column: no combination occurs twice, and none
        is empty. `columns` may hold expressions, for a part of the key that is allowed to be empty. -#}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ range(1, columns | length + 1) | join(', ') }}
    having
        count(*) > 1
        or count({{ columns | join(') < count(*) or count(') }}) < count(*)
{% endtest %}
