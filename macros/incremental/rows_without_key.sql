{#-
    Tables that keep rows by key and have others without one, such as collective postings among those of
    lines. Nothing tells which of the latter a batch touches: they are few, and all of them built anew.
    A model says so by `rows_without_key: anew` in its `meta`.
-#}

{% macro in_scope_or_without(column) -%}
    {#- The filter of an import, as `in_scope`, that lets rows without a key pass. -#}
    {%- if is_scoped() -%}
        where {{ column }} is null or {{ column }} in ({{ keys_in_scope(column) }})
    {%- endif -%}
{%- endmacro %}


{% macro has_rows_without_key() -%}
    {{ return(model.config.meta.get('rows_without_key') == 'anew') }}
{%- endmacro %}
