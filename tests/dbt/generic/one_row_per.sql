{% test one_row_per(model, columns, keys_of=none, keys=none, parts=[], is_large=false) %}
    {#- The primary key of a table: no combination occurs twice, and none is empty. `columns` may
        hold expressions, for a part of the key that is allowed to be empty. The others say what
        makes it quick: macros/rows_that_break_a_key.sql. -#}
{{ rows_that_break_a_key(model, columns, keys_of, keys, parts, is_large) }}
{% endtest %}
