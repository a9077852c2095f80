{% test one_row_per(model, columns, keys_of=none) %}
    {#- The primary key of a table: no combination occurs twice, and none is empty. `columns` may
        hold expressions, for a part of the key that is allowed to be empty.

        `keys_of` names a relation whose key is tested, where this table should hold the same keys, all
        of whole numbers. Where it holds as many, and they add up to the same, it holds none twice, and
        they are not grouped. Else they are: what is told is always the rows that break the key. -#}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    where
        true
        {% if keys_of is not none and not is_test_of_what_arrived() %}
        and not (
            select count(distinct digest) = 1 and count(digest) = 2
            from (
                {{ digest_of_keys(model, columns) }}
                union all
                {{ digest_of_keys(keys_of, columns) }}
            ) as digests
        )
        {% endif %}
    group by {{ range(1, columns | length + 1) | join(', ') }}
    having
        count(*) > 1
        or {{ columns | join(' is null or ') }} is null
{% endtest %}
