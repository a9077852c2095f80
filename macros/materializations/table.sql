{% materialization table, adapter='duckdb' %}
    {#-
        A table, built where it will stand, in one transaction. dbt-duckdb's own builds under another
        name, renames twice and drops, for the sake of readers of the same file; nobody reads the work
        area, and on the sample those statements took a tenth of the time of all models and tests.
    -#}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do drop_standing() -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, target, tables_where_read(compiled_code)) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% macro drop_standing() -%}
    {#- Remove what stands where the model is built, of whatever kind it is. -#}
    {%- set standing = load_cached_relation(this) -%}
    {%- if standing is not none -%}
        {%- call statement('drop_standing') -%}
            drop {{ standing.type }} {{ standing }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
