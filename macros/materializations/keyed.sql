{% materialization keyed, adapter='duckdb' %}
    {#-
        A table that keeps its rows from batch to batch, but those of the keys that the batch
        touches: these are removed and built anew in one transaction. `unique_key` names the column
        that rows are replaced by; it is unique among things, and a thing may have several rows.
        Where everything is built anew, it is a table like any other. Contract, comments and grants
        are those of the table that stands.

        A row without a key is one that just arrived without an id: it replaces none.

        Delete and insert, because every engine has them; a target of another engine needs these two
        statements in its own transaction, or one merge.
    -#}
    {%- if not is_scoped() -%}
        {{ return(materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set key = config.require('unique_key') -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set names = [] -%}
    {%- for column in adapter.get_columns_in_relation(target) -%}
        {%- do names.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(compiled_code) }}
    {%- endif -%}
    {%- call statement('remove') -%}
        delete from {{ target }} where {{ key }} in ({{ keys_in_scope(key) }})
    {%- endcall -%}
    {%- call statement('main') -%}
        insert into {{ target }} ({{ names | join(', ') }})
        select {{ names | join(', ') }} from (
            {{ compiled_code }}
        ) as built
        where {{ key }} is null or {{ key }} in ({{ keys_in_scope(key) }})
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
