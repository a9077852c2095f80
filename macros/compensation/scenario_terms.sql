{% macro scenario_percent_columns(scenarios, versions) -%}
    {#- What percent of each kind of bill item a scenario covers: its own figure, else all or nothing as the version. -#}
    {%- for kind in bill_item_kinds() %}
    coalesce(
        {{ scenarios }}.percent_{{ kind }},
        case when {{ versions }}.covers_{{ kind }} then 100 else 0 end
    ) as percent_{{ kind }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro first_that_covers_as_much(scenarios) -%}
    {#- The first scenario that covers as much stands for all of them. -#}
    min({{ scenarios }}.scenario_id) over (
        partition by
            {%- for kind in bill_item_kinds() %}
            {{ scenarios }}.percent_{{ kind }},
            {%- endfor %}
            {{ scenarios }}.incident_id,
            {{ scenarios }}.fee_cap_krw
    )
{%- endmacro %}


{% macro covered_percent_amount(side) -%}
    {#- Won of a line that `versions` covers by percent, each kind rounded down; from the columns of `lines`. -#}
    {%- for kind in bill_item_kinds() %}
    {{ whole_won('lines.' ~ side ~ '_' ~ kind ~ '_krw * versions.percent_' ~ kind, 100) }}
    {{- ' +' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro billed_amount(relation, side) -%}
    {#- Won of a line over all kinds of bill item, covered or not. -#}
    {%- for kind in bill_item_kinds() %}
    {{ relation }}.{{ side }}_{{ kind }}_krw
    {{- ' +' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro first_broken_rule_order_in_service() -%}
    {#- Like first_broken_rule_order(), for lines whose service goes on: only rules that ask nothing about an end. -#}
    least(
        {%- for rule in waiver_rules() if rule.asks_of_service %}
        case
            when versions.{{ rule.code }}_order is not null and {{ rule.fails }}
                then versions.{{ rule.code }}_order
        end
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{% macro first_and_last_thresholds() -%}
    {#- Between which days the thresholds of a rule lie, over all versions. -#}
    {%- for rule in waiver_rules() if rule.asked_day %}
    min({{ rule.code }}_threshold) as {{ rule.code }}_first,
    max({{ rule.code }}_threshold) as {{ rule.code }}_last
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro days_as_asked() -%}
    {#- The days of a line that rules ask about, from `lines_profiled` and `thresholds`: days that no version tells
        apart are one day. -#}
    {%- for rule in waiver_rules() if rule.asked_day %}
    {{ rule.day_as_asked }} as {{ rule.asked_day }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
