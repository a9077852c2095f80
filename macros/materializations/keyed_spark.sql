{% materialization keyed, adapter='spark' %}
    {#-
        A keyed table (macros/materializations/keyed.sql) on Spark: the rows of the keys in scope are replaced by one
        merge, so that no reader sees them missing. Every old row of a key in scope meets the one row that says its
        key goes; every new row meets none and comes in.
    -#}
    {%- if not is_scoped() -%}
        {{ return(materialization_table_spark()) }}
    {%- endif -%}
    {%- set key = config.require('unique_key') -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set columns = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list -%}
    {%- set has_nameless = key == 'natural_id' and 'source_row' in columns -%}
    {%- set place = "source_file || '|' || cast(source_row as string)" -%}
    {{ run_hooks(pre_hooks) }}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(compiled_code) }}
    {%- endif -%}
    {%- set code = in_steps(compiled_code) -%}
    {%- call statement('main') -%}
        merge into {{ target_relation }} as standing
        using (
            select
                'out' as merge_direction, cast(in_scope.name as string) as merge_name
                {%- for column in columns %}, cast(null as {{ type_of_column(target_relation, column) }}) as {{ column }}{% endfor %}
            from (
                select distinct cast(keys.named as string) as name from ({{ keys_in_scope(key) }}) as keys (named)
                {%- if has_nameless %}
                union
                select {{ place }} as name from {{ raw_in_scope(model.config.meta['entity']) }}
                {%- endif %}
                {%- if has_rows_without_key() %}
                union
                select '' as name
                {%- endif %}
            ) as in_scope
            where in_scope.name is not null
            union all
            select 'in' as merge_direction, cast(null as string) as merge_name, {{ columns | join(', ') }}
            from ({{ code }}) as built
            where {{ key ~ ' is null or ' if has_nameless or has_rows_without_key() }}{{ key }} in ({{ keys_in_scope(key) }})
        ) as arrived
        on
            arrived.merge_direction = 'out'
            and arrived.merge_name = coalesce(
                cast(standing.{{ key }} as string)
                {%- if has_nameless %}, standing.source_file || '|' || cast(standing.source_row as string){% endif %}
                {%- if has_rows_without_key() %}, ''{% endif %}
            )
        when matched then delete
        when not matched and arrived.merge_direction = 'in' then
            insert ({{ columns | join(', ') }})
            values (arrived.{{ columns | join(', arrived.') }})
    {%- endcall -%}
    {%- do forget_steps(compiled_code) -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% macro type_of_column(relation, name) -%}
    {%- for column in adapter.get_columns_in_relation(relation) if column.name == name -%}
        {{ return(column.dtype) }}
    {%- endfor -%}
{%- endmacro %}
