{% test one_row_per(model, columns, keys_of=none) %}
    {#- The primary key of a table of more than one column: no combination occurs twice, and none
        is empty. `columns` may hold expressions, for a part of the key that is allowed to be empty.

        `keys_of` names a table whose key has been tested, where this one should hold the same keys: one
        whole number each. Where it holds as many, and their remainders and the squares of these add up
        to the same, it holds none twice, and the keys are not grouped. Else they are. -#}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    {%- if keys_of is not none and not is_test_of_what_arrived() %}
    where not (
        select count(distinct digest) = 1 and count(digest) = 2
        from (
            {{ digest_of_keys(model, columns[0]) }}
            union all
            {{ digest_of_keys(keys_of, columns[0]) }}
        ) as digests
    )
    {%- endif %}
    group by {{ range(1, columns | length + 1) | join(', ') }}
    having
        count(*) > 1
        or count({{ columns | join(') < count(*) or count(') }}) < count(*)
{% endtest %}
