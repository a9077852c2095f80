{% materialization table, adapter='spark' %}
    {#-
        A table on Spark: one commit of Iceberg, which readers see whole or not at all. As dbt-spark's own, but that the
        steps of a statement are worked out first, and that comments of columns are left out: each would be a commit of
        its own, more of them than all else that a build does.
    -#}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set old_relation = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if old_relation is not none and not old_relation.is_table -%}
        {{ adapter.drop_relation(old_relation) }}
    {%- endif -%}
    {%- set code = in_steps(compiled_code) -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, target_relation, code) }}
    {%- endcall -%}
    {%- do forget_steps(compiled_code) -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
