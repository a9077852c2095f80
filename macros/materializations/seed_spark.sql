{% materialization seed, adapter='spark' %}
    {#-
        A seed on Spark: the file read by Spark and written in one commit, as one file in its order (`row_of_seed`
        counts on it). dbt-spark's own way sends the rows as text of SQL statements, which turns an empty value into
        the text None, breaks at an apostrophe, and takes minutes.

        Every column has its type in `column_types`, in the order of the file; the header is compared with it, and a value that is not of its
        type fails. An empty text is null, as on DuckDB.
    -#}
    {%- set types = config.get('column_types', {}) -%}
    {%- set path = adapter_path_of_seed(model) -%}
    {%- set delivered = 'delivered_' ~ this.identifier -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('delivered') -%}
        create or replace temporary view {{ delivered }} (
            {%- for column, type in types.items() %}
            {{ column }} {{ type }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
        using csv options (
            path '{{ path }}',
            header 'true',
            enforceSchema 'false',
            mode 'FAILFAST',
            multiLine 'true',
            escape '"',
            encoding 'UTF-8',
            dateFormat 'yyyy-MM-dd',
            timestampNTZFormat 'yyyy-MM-dd HH:mm:ss'
        )
    {%- endcall -%}
    {%- call statement('main') -%}
        create or replace table {{ target_relation }} using iceberg as
        select
            {%- for column, type in types.items() %}
            {{ "nullif(" ~ column ~ ", '') as " ~ column if type == 'string' else column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ delivered }}
    {%- endcall -%}
    {%- call statement('forget') -%}
        drop view if exists {{ delivered }}
    {%- endcall -%}
    {#- dbt asks for the rows to show them; Spark has them. -#}
    {%- do store_result('agate_table', response='OK', agate_table=load_result('main')['table']) -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% macro adapter_path_of_seed(model) -%}
    {#- Where the file of a seed lies. A path of its own, as of another reference directory, stays as it is. -#}
    {%- set path = model.original_file_path -%}
    {{ return(path if path.startswith('/') else model.root_path ~ '/' ~ path) }}
{%- endmacro %}
