{#-
    What a test of a table that keeps its rows reads: the rows that the batch built, since those that
    stand were tested by the batch that brought them, and all of them are tested whenever everything
    is built anew. A key can only be there twice among rows that the batch built, if it holds the
    column that rows are replaced by; a test of a key that does not reads the whole table.

    dbt calls this for the table of every generic test, for the sake of its own `where`.
-#}
{% macro default__get_where_subquery(relation) -%}
    {%- set conditions = [] -%}
    {%- if config.get('where', '') -%}
        {%- do conditions.append('(' ~ config.get('where') ~ ')') -%}
    {%- endif -%}
    {%- set tested = table_kept_of_test() -%}
    {%- if tested is not none -%}
        {%- set key = kept_by(tested) -%}
        {%- do conditions.append(
            '(' ~ key ~ ' is null or ' ~ key ~ ' in (' ~ keys_in_scope(key, tested) ~ '))'
        ) -%}
    {%- endif -%}
    {%- if not conditions -%}
        {{ return(relation) }}
    {%- endif -%}
    {#- `true` first: Spark takes a bracket behind `where` for the columns of a table of that name. -#}
    {{ return(
        '(select * from ' ~ relation ~ ' where true and ' ~ conditions | join(' and ') ~ ') as dbt_subquery'
    ) }}
{%- endmacro %}


{% macro kept_by(node) -%}
    {#- The column by which rows of a model are replaced while all others stay; nothing where any row
        may be another one. A view says so by `rows_kept_by` in its `meta`: its rows of a key hang on
        rows of that key, on registers and on the calendar. -#}
    {{ return(
        node.config.unique_key if node.config.materialized == 'keyed'
        else node.config.meta.get('rows_kept_by')
    ) }}
{%- endmacro %}


{% macro table_kept_of_test() -%}
    {#- The model of the test at hand, if it keeps its rows and the test may read those in scope
        alone; nothing where everything is built anew. -#}
    {%- if not is_test_of_what_arrived() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set tested = graph.nodes.get(model.attached_node) -%}
    {%- if tested is none or kept_by(tested) is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set given = model.test_metadata -%}
    {%- set key = given.kwargs.get('columns', [given.kwargs.get('column_name')]) -%}
    {%- if given.name in ['unique', 'one_row_per'] and kept_by(tested) not in key -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(tested) }}
{%- endmacro %}
