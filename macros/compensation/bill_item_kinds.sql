{% macro bill_item_kinds() -%}
    {#- The kinds of bill item in the raw contract: what a policy may cover, one column each. -#}
    {{- return([
        'selective_return',
        'subsidy_clawback',
        'instalment_balance',
        'downgrade_settlement',
        'bundle_penalty',
    ]) -}}
{%- endmacro %}


{% macro bill_sides() -%}
    {#- What a kind of bill item amounts to: as billed, as paid by the customer, as the fee rules have it. -#}
    {{- return(['charged', 'collected', 'recomputed']) -}}
{%- endmacro %}


{% macro bill_items_as_columns() -%}
    {#- From one row per bill item to one column per side and kind. -#}
    {%- for kind in bill_item_kinds() %}
    {%- set outer_loop = loop %}
    {%- for side in bill_sides() %}
    cast(
        coalesce(sum({{ side }}_krw) filter (where item_kind = '{{ kind }}'), 0) as bigint
    ) as {{ side }}_{{ kind }}_krw
    {{- ',' if not (outer_loop.last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}


{% macro bill_item_columns(relation) -%}
    {#- The columns that bill_items_as_columns() made, 0 where a line has no bill. -#}
    {%- for kind in bill_item_kinds() %}
    {%- set outer_loop = loop %}
    {%- for side in bill_sides() %}
    coalesce({{ relation }}.{{ side }}_{{ kind }}_krw, 0) as {{ side }}_{{ kind }}_krw
    {{- ',' if not (outer_loop.last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}


{% macro coverage_as_columns() -%}
    {#- From one row per covered kind of item to one column per kind. -#}
    {%- for kind in bill_item_kinds() %}
    count(*) filter (where item_kind = '{{ kind }}') > 0 as covers_{{ kind }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro coverage_columns(relation) -%}
    {#- The columns that coverage_as_columns() made; a version without a row covers nothing. -#}
    {%- for kind in bill_item_kinds() %}
    coalesce({{ relation }}.covers_{{ kind }}, false) as covers_{{ kind }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro covered_amount(side) -%}
    {#- Won of the kinds of item that `versions` covers, from the columns of `lines`. -#}
    {%- for kind in bill_item_kinds() %}
    case when versions.covers_{{ kind }} then lines.{{ side }}_{{ kind }}_krw else 0 end
    {{- ' +' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
