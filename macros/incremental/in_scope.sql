{#-
    Which keys a batch has to build anew. orchestration/scope.py writes the ids that the rows that
    arrived touch; nothing here is an edge of the graph, since it is what the batch starts from.
-#}

{% macro is_scoped() -%}
    {#- Whether the model at hand builds only the rows of the keys in scope: in a batch that was planned
        so, for a model that keeps the others, or carries its sums on, where its table stands, and for one that has no
        others. -#}
    {{ return(
        var('is_incremental_batch', false) is sameas true
        and execute
        and (
            (
                (model.config.materialized == 'keyed' or (model.config.materialized == 'counted' and has_what_stood()))
                and load_relation(this) is not none
            )
            or model.config.meta.get('has_rows_of_keys_in_scope_only', false)
        )
    ) }}
{%- endmacro %}


{% macro has_what_stood() -%}
    {#- Whether the engine keeps the rows aside that a batch replaces. -#}
    {{ return(adapter.dispatch('has_what_stood', 'aftermath')()) }}
{%- endmacro %}

{% macro default__has_what_stood() -%}
    {{ return(true) }}
{%- endmacro %}

{% macro spark__has_what_stood() -%}
    {{ return(false) }}
{%- endmacro %}


{% macro is_test_of_what_arrived() -%}
    {{ return(
        var('is_incremental_batch', false) is sameas true
        and execute
        and model.resource_type == 'test'
    ) }}
{%- endmacro %}


{% macro in_scope(column, entity=none) -%}
    {#- The filter of an import in a model that is built by key, and in a test that judges the rows of
        each key by themselves; nothing where everything is built anew. Rows without a natural id are all
        asked for, since each may be one of those that just arrived. -#}
    {%- if is_scoped() or is_test_of_what_arrived() -%}
        where {{ 'natural_id is null or ' if column == 'natural_id' }}{{ column }} in ({{ keys_in_scope(column, entity=entity) }})
    {%- endif -%}
{%- endmacro %}


{% macro keys_in_scope(column, keyed_model=none, entity=none) -%}
    {#- The keys in scope of a kind of key. A natural id is that of the entity, which is named in the `meta` of
        the model unless it is given; the model is the one at hand, likewise. Imports that ask for them are known by
        the remark (macros/engine/built_in_scope.sql). -#}
    /* keys in scope */
    {%- if column in ['line_key', 'customer_key'] -%}
        select {{ column }} from scope.{{ column }}s
    {%- elif column in ['line_id', 'customer_id'] -%}
        select {{ column }} from {{ raw_in_scope('lines' if column == 'line_id' else 'customers') }}
    {%- elif column == 'held_id' -%}
        {%- for any_entity in raw_entities() %}
        select {{ held_id(any_entity, natural_id(any_entity)) }} as held_id from {{ raw_in_scope(any_entity) }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    {%- else -%}
        {%- set entity = entity or (keyed_model or model).config.meta['entity'] -%}
        select {{ natural_id(entity) }} from {{ raw_in_scope(entity) }}
    {%- endif -%}
{%- endmacro %}


{% macro raw_in_scope(entity) -%}
    {#- The delivered rows of an entity whose ids are in scope, every version of them. -#}
    raw.{{ entity }}_in_scope
{%- endmacro %}


{% macro create_scope() -%}
    {#- The pseudonyms of the ids in scope, before the nodes of an incremental batch. -#}
    {%- if var('is_incremental_batch', false) is sameas true -%}
        {%- set statements = ['create schema if not exists scope'] -%}
        {%- for thing in ['line', 'customer'] -%}
            {%- do statements.append(
                'create or replace table scope.' ~ thing ~ '_keys as select distinct '
                ~ pseudonym(thing, thing ~ '_id') ~ ' as ' ~ thing ~ '_key from '
                ~ raw_in_scope(thing ~ 's') ~ ' where ' ~ thing ~ "_id <> ''"
            ) -%}
        {%- endfor -%}
        {{ in_turn(statements) }}
    {%- endif -%}
{%- endmacro %}
