{% materialization view, adapter='duckdb' %}
    {#-
        A view; where its rows belong to keys and only what arrived is built, also one of the rows that the
        batch built, for the models that ask for no others, and one of those that stood, for sums. In one transaction,
        under its own name, as a table is.
    -#}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if var('is_incremental_batch', false) is sameas true and kept_by(model) and has_room_for_built(target) -%}
        {%- call statement('built') -%}
            create or replace view {{ built_in_scope(target) }} as {{ imports_in_scope(compiled_code, is_asked=false) }}
        {%- endcall -%}
        {%- if is_counted(model) -%}
            {%- call statement('stood') -%}
                create or replace view {{ stood_in_scope(target) }} as
                {{ imports_in_scope(compiled_code, is_asked=false, rows='stood') }}
            {%- endcall -%}
        {%- endif -%}
    {%- endif -%}
    {%- do drop_standing() -%}
    {%- call statement('main') -%}
        {{ create_view_as(target, compiled_code) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
