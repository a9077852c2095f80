{% materialization keyed, adapter='duckdb' %}
    {#-
        A table that keeps its rows from batch to batch, but those of the keys that the batch
        touches: these are removed and built anew in one transaction. `unique_key` names the column
        that rows are replaced by; it is unique among things, and a thing may have several rows.
        Where everything is built anew, it is a table like any other. Contract, comments and grants
        are those of the table that stands.

        A row without a key is one that just arrived without an id. It replaces itself alone, the row of the same
        place in the same file: the statements may run twice in one batch, as when a step is taken up again.

        What was built is kept beside it until the next batch, in a table of its own: other models of the batch need
        those rows alone (macros/engine/built_in_scope.sql). So are the rows that were replaced, where a sum reads the
        model: by the first time in a batch alone, since a step that is taken up again finds what it built itself.

        Delete and insert, because every engine has them; a target of another engine needs these two
        statements in its own transaction, or one merge.
    -#}
    {%- if not is_scoped() -%}
        {{ return(materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set key = config.require('unique_key') -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set columns = get_columns_in_relation(target) | map(attribute='name') | list -%}
    {%- set names = [] -%}
    {%- for column in columns -%}
        {%- do names.append(adapter.quote(column)) -%}
    {%- endfor -%}
    {%- set has_nameless = key == 'natural_id' and 'source_row' in columns -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(compiled_code) }}
    {%- endif -%}
    {%- set new_rows %}
        select {{ names | join(', ') }} from (
            {{ imports_in_scope(tables_where_read(compiled_code)) }}
        ) as built
        where {{ key ~ ' is null or ' if has_nameless or has_rows_without_key() }}{{ key }} in ({{ keys_in_scope(key) }})
    {% endset -%}
    {%- if has_room_for_built(target) -%}
        {%- call statement('build') -%}
            create or replace table {{ built_in_scope(target) }} as {{ new_rows }}
        {%- endcall -%}
        {%- set new_rows = 'select * from ' ~ built_in_scope(target) -%}
    {%- endif -%}
    {%- set is_replaced -%}
        {{ key ~ ' is null or ' if has_rows_without_key() }}{{ key }} in ({{ keys_in_scope(key) }})
    {%- endset -%}
    {%- set places = 'places_of_' ~ target.identifier if has_room_for_built(target) and is_counted(model) -%}
    {%- if places -%}
        {#- With their places, in one pass: rows of a hundredth of all keys lie in every part of the table, so to come
            back for the rows of known places costs as much as to look for them. -#}
        {%- call statement('find') -%}
            create or replace temp table {{ places }} as
            select rowid as place, {{ names | join(', ') }} from {{ target }} where {{ is_replaced }}
        {%- endcall -%}
        {%- set is_replaced = 'rowid in (select place from ' ~ places ~ ')' -%}
        {%- call statement('keep') -%}
            create table if not exists {{ stood_in_scope(target) }} as select {{ names | join(', ') }} from {{ places }}
        {%- endcall -%}
    {%- endif -%}
    {%- call statement('remove') -%}
        delete from {{ target }} where {{ is_replaced }}
    {%- endcall -%}
    {%- if places -%}
        {%- call statement('forget') -%}
            drop table {{ places }}
        {%- endcall -%}
    {%- endif -%}
    {%- if has_nameless -%}
        {%- call statement('remove_nameless') -%}
            {{ remove_nameless(target, key) }}
        {%- endcall -%}
    {%- endif -%}
    {%- call statement('main') -%}
        insert into {{ target }} ({{ names | join(', ') }})
        {{ new_rows }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
