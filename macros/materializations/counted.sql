{% materialization counted, adapter='duckdb' %}
    {#-
        A table of sums that are carried on from batch to batch: what stood, and what the rows of the keys in scope give
        now, less what they gave. A sum cannot forget by itself what moved away; the models that build by key keep the
        rows that they replace (macros/engine/built_in_scope.sql), so the same statement is asked of these as well.
        Where everything is built anew, it is a table like any other.

        `sums` in the `meta` are whole numbers and none below nothing; all other columns say what is alike. Where nothing
        is left to add, the row goes. Every import of rows that belong to a key asks for the keys in scope, and nothing may
        hang on the as-of day (tests/conventions).

        The sums before are kept aside by the first time in a batch, so that the statements may run twice.
    -#}
    {%- if not is_scoped() -%}
        {{ return(materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set sums = config.require('meta')['sums'] -%}
    {%- set code = tables_where_read(compiled_code) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set columns = get_columns_in_relation(target) -%}
    {%- call statement('keep') -%}
        create table if not exists {{ stood_in_scope(target) }} as select * from {{ target }}
    {%- endcall -%}
    {%- call statement('main') -%}
        create or replace table {{ target }} as {{ sums_carried_on(columns, sums, {
            'stood': 'select * from ' ~ stood_in_scope(target),
            'come': imports_in_scope(code),
            'gone': imports_in_scope(code, rows='stood'),
        }) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
