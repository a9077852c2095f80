{% macro remove_nameless(relation, key) -%}
    {#- Delete the rows without a key that the rows in scope bring again, each by its place in its file. -#}
    delete from {{ relation }}
    where
        {{ key }} is null
        and exists (
            select 1 from {{ raw_in_scope(model.config.meta['entity']) }} as arrived
            where
                arrived.source_file = {{ relation.identifier }}.source_file
                and arrived.source_row = {{ relation.identifier }}.source_row
        )
{%- endmacro %}
