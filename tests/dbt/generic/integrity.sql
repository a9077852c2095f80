{% test integrity(model, key=[], other_keys=[], filled=[], values={}, known={}) %}
    {#- All rules of a table in one test, since each test costs dbt the same whatever it asks:

        - `key`, `other_keys`: columns of which no combination occurs twice, or is empty in part. An
          expression stands for a part that is allowed to be empty;
        - `filled`: columns that are never empty;
        - `values`: by column, what may stand in it;
        - `known`: by column, the table that knows what stands in it; where the column has another
          name there, a list of the table and that name.

        An empty column breaks a key and `filled` alone. Rows are told once for every rule that they
        break: macros/rows_that_break_a_rule.sql. -#}
{{ rows_that_break_a_rule(model, key, other_keys, filled, values, known) }}
{% endtest %}
