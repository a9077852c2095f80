{% materialization view, adapter='duckdb' %}
    {#-
        A view; where its rows belong to keys and only what arrived is built, also one of the rows that the
        batch built, for the models that ask for no others, and one of those that stood, for sums.
    -#}
    {%- set target = this.incorporate(type='view') -%}
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
    {{ return(materialization_view_default()) }}
{% endmaterialization %}
