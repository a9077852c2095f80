{% macro policy_rules_as_columns() -%}
    {#- From one row per rule to columns of one row per version: place in the order and threshold. -#}
    {%- for rule in waiver_rules() %}
    max(case when rule_code = '{{ rule.code }}' then rule_order end) as {{ rule.code }}_order,
    max(
        case
            when rule_code = '{{ rule.code }}'
                {%- if rule.threshold_type == 'date' %}
                then cast(threshold as date)
                {%- else %}
                then {{ bounded_list('threshold') }}
                {%- endif %}
        end
    ) as {{ rule.code }}_threshold
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro policy_rule_columns(relation) -%}
    {#- The columns that policy_rules_as_columns() made, for a select. -#}
    {%- for rule in waiver_rules() %}
    {{ relation }}.{{ rule.code }}_order,
    {{ relation }}.{{ rule.code }}_threshold
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro first_broken_rule_order(victims='victims') -%}
    {#- The lowest place among the rules of the version that the line breaks; null where it breaks none. Rules the
        version does not have are skipped before they are looked at. -#}
    least(
        {%- for rule in waiver_rules(victims) %}
        case
            when versions.{{ rule.code }}_order is not null and {{ rule.fails }}
                then versions.{{ rule.code }}_order
        end
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{% macro broken_rule_codes() -%}
    {#- Every rule of the version that the line breaks, in the order of waiver_rules(), with bars between; empty where
        it breaks none. Says the same as the trace, in one text. -#}
    coalesce(
        substr(
            {%- for rule in waiver_rules() %}
            case
                when versions.{{ rule.code }}_order is not null and {{ rule.fails }} then '|{{ rule.code }}'
                else ''
            end
            {{- ' ||' if not loop.last }}
            {%- endfor %},
            2
        ),
        ''
    )
{%- endmacro %}


{% macro rule_verdicts() -%}
    {#- For the trace: what each rule makes of the line, and what it looked at. -#}
    {%- for rule in waiver_rules() %}
    {{ rule.fails }} as breaks_{{ rule.code }},
    {{ rule.observed }} as observed_{{ rule.code }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro verdict_of_rule(rule_code, relation, part) -%}
    {#- Picks the column of rule_verdicts() that belongs to a rule code; `part` is `breaks` or `observed`. -#}
    case {{ rule_code }}
        {%- for rule in waiver_rules() %}
        when '{{ rule.code }}' then {{ relation }}.{{ part }}_{{ rule.code }}
        {%- endfor %}
    end
{%- endmacro %}
