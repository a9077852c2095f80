{#-
    What a test of a table that keeps its rows reads: the rows that the batch built, since those that
    stand were tested by the batch that brought them, and all of them are tested whenever everything
    is built anew. The double of a row that the batch built may stand where the key does not hold the
    column that rows are replaced by: such a test reads all rows of the keys that the batch built.

    dbt calls this for the table of every generic test, for the sake of its own `where`.
-#}
{% macro default__get_where_subquery(relation) -%}
    {%- set conditions = [] -%}
    {%- if config.get('where', '') -%}
        {%- do conditions.append('(' ~ config.get('where') ~ ')') -%}
    {%- endif -%}
    {%- set tested = table_kept_of_test() -%}
    {%- if tested is not none -%}
        {%- set is_built = kept_by(tested) ~ ' is null or ' ~ kept_by(tested) ~ ' in ('
            ~ keys_in_scope(kept_by(tested), tested) ~ ')' -%}
        {%- set key = key_of_test() -%}
        {%- if key and kept_by(tested) not in key -%}
            {%- set built = 'scope.built_' ~ tested.alias if 'built_' ~ tested.alias in tables_built()
                else relation ~ ' where ' ~ is_built -%}
            {%- set is_built = key | join(' is null or ') ~ ' is null or (' ~ key | join(', ')
                ~ ') in (select ' ~ key | join(', ') ~ ' from ' ~ built ~ ')' -%}
        {%- endif -%}
        {%- do conditions.append('(' ~ is_built ~ ')') -%}
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


{% macro key_of_test() -%}
    {#- The columns that the test at hand says to be a key; none of any other test. -#}
    {%- set given = model.test_metadata -%}
    {%- if given.name == 'integrity' -%}
        {{ return(given.kwargs.get('key', [])) }}
    {%- endif -%}
    {{ return(
        given.kwargs.get('columns', [given.kwargs.get('column_name')])
        if given.name in ['unique', 'one_row_per'] else []
    ) }}
{%- endmacro %}


{% macro table_kept_of_test() -%}
    {#- The model of the test at hand, if it keeps its rows; nothing where everything is built anew, or where doubles
        are looked for of several keys, each of which may stand elsewhere. -#}
    {%- if not is_test_of_what_arrived() or model.test_metadata.kwargs.get('other_keys') -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set tested = graph.nodes.get(model.attached_node) -%}
    {{ return(tested if tested is not none and kept_by(tested) is not none else none) }}
{%- endmacro %}
