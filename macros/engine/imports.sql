{#-
    An import that is read more than once. DuckDB writes such a CTE down first, every row of a table of
    millions in the columns that are asked for, and no filter of a reader reaches its scan. Reading the
    table again is quicker. Imports that are filtered, by the keys in scope say, are written down: they
    are small; and so are views, which would be worked out again for each reader.

    In the SQL that an engine is given, and not in the models: Spark knows no such words, and reads a
    table for each reader as it is.
-#}

{% macro tables_where_read(sql) -%}
    {#- The SQL of the node at hand, its imports of tables taken in where they are read. -#}
    {%- set tables = [] -%}
    {%- for unique_id in model.depends_on.nodes if execute and unique_id in graph.nodes -%}
        {%- set node = graph.nodes[unique_id] -%}
        {%- if node.relation_name and node.config.materialized not in ['view', 'ephemeral'] -%}
            {%- do tables.append(node.relation_name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(imports_where_read(sql, tables)) }}
{%- endmacro %}


{% macro imports_where_read(sql, tables) -%}
    {#- `tables` are the relations, quoted as the SQL has them. -#}
    {%- set taken_in = namespace(sql=sql) -%}
    {%- for table in tables -%}
        {%- set import = 'as \\((\\s*select \\* from ' ~ modules.re.escape(table) ~ '\\s*\\))' -%}
        {%- set taken_in.sql = modules.re.sub(import, 'as not materialized (\\1', taken_in.sql) -%}
    {%- endfor -%}
    {{ return(taken_in.sql) }}
{%- endmacro %}


{% macro duckdb__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ default__get_test_sql(tables_where_read(main_sql), fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}
