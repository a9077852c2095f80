{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {#-
        What is meant by a table and by its columns, as its comments, in one statement. dbt-duckdb's own asks twice which
        columns stand there; of a table with comments a contract says it, and a comment on any other column is an error.
    -#}
    {%- set comments = [] -%}
    {%- if for_relation and config.persist_relation_docs() and model.description -%}
        {%- do comments.append(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() -%}
        {%- for column in model.columns.values() if column.description -%}
            {%- do comments.append(
                'comment on column ' ~ relation ~ '.' ~ adapter.quote(column.name) ~ ' is '
                ~ duckdb_escape_comment(column.description) ~ ';'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if comments -%}
        {%- call statement('comments') -%}
            {{ comments | join('\n') }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
