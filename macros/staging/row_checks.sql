{#-
    The checks of a delivered row. Each macro returns a list of predicates, so that a model reads
    as a table of reasons; `first_reason` puts them in the order of the contract. A predicate that
    is unknown for lack of a value does not fire.
-#}

{% macro quarantine_reasons() -%}
    {#- Every reason code, the first that applies wins. -#}
    {{ return([
        'missing_key',
        'invalid_date',
        'invalid_timestamp',
        'impossible_date',
        'negative_amount',
        'invalid_amount',
        'unknown_code',
        'unknown_carrier',
        'unknown_plan',
        'orphan_line',
        'orphan_customer',
        'orphan_parent',
        'wrong_check_digit',
        'wrong_imsi_prefix',
        'wrong_msisdn',
        'batch_date_mismatch',
        'above_charge',
        'second_payment',
    ]) }}
{%- endmacro %}


{% macro first_reason(checks) -%}
    {#- The reason code of a row, null when it keeps the contract. Every entity is checked for the
        batch that its rows claim. -#}
    {%- do checks.update({
        'batch_date_mismatch': [
            'coalesce(' ~ as_date('batch_date') ~ ' <> delivered_on, true)',
        ]
    }) -%}
    {%- for reason in checks if reason not in quarantine_reasons() -%}
        {{ exceptions.raise_compiler_error('Not a quarantine reason: ' ~ reason) }}
    {%- endfor -%}
    case
        {%- for reason in quarantine_reasons() if checks.get(reason) %}
        when
            {{ checks[reason] | join('\n            or ') }}
            then '{{ reason }}'
        {%- endfor %}
    end
{%- endmacro %}


{% macro absent(columns) -%}
    {#- Values that the contract requires and the row does not have. -#}
    {%- set predicates = [] -%}
    {%- for column in columns -%}
        {%- do predicates.append(is_absent(column)) -%}
    {%- endfor -%}
    {{ return(predicates) }}
{%- endmacro %}


{% macro unreadable_dates(columns) -%}
    {%- set predicates = [] -%}
    {%- for column in columns -%}
        {%- do predicates.append(is_unreadable_date(column)) -%}
    {%- endfor -%}
    {{ return(predicates) }}
{%- endmacro %}


{% macro unreadable_timestamps(columns) -%}
    {%- set predicates = [] -%}
    {%- for column in columns -%}
        {%- do predicates.append(is_unreadable_timestamp(column)) -%}
    {%- endfor -%}
    {{ return(predicates) }}
{%- endmacro %}


{% macro unreadable_numbers(columns) -%}
    {%- set predicates = [] -%}
    {%- for column in columns -%}
        {%- do predicates.append(is_unreadable_whole_number(column)) -%}
    {%- endfor -%}
    {{ return(predicates) }}
{%- endmacro %}


{% macro unreadable_booleans(columns) -%}
    {%- set predicates = [] -%}
    {%- for column in columns -%}
        {%- do predicates.append(is_unreadable_boolean(column)) -%}
    {%- endfor -%}
    {{ return(predicates) }}
{%- endmacro %}


{% macro not_yet_happened(columns) -%}
    {#- Dates or timestamps of events that lie after the delivery that reports them, or before the
        earliest day that a carrier's records can hold. Compared as Korean days. -#}
    {%- set predicates = [] -%}
    {%- for column in columns -%}
        {%- do predicates.append(as_date(column) ~ ' > delivered_on') -%}
        {%- do predicates.append(as_date(column) ~ ' < ' ~ earliest_possible_date()) -%}
    {%- endfor -%}
    {{ return(predicates) }}
{%- endmacro %}


{% macro ends_before_it_starts(start_column, end_column) -%}
    {#- Compared as timestamps, so that two dates compare as dates and two timestamps to the second. -#}
    {{ return([as_timestamp(end_column) ~ ' < ' ~ as_timestamp(start_column)]) }}
{%- endmacro %}


{% macro negative(columns) -%}
    {%- set predicates = [] -%}
    {%- for column in columns -%}
        {%- do predicates.append(as_whole_number(column) ~ ' < 0') -%}
    {%- endfor -%}
    {{ return(predicates) }}
{%- endmacro %}


{% macro not_in_code_list(lists) -%}
    {#- Codes that their list does not have. `lists` maps a column to its list in ref_code_lists,
        imported by the model as `code_lists`. -#}
    {%- set predicates = [] -%}
    {%- for column, code_list in lists.items() -%}
        {%- do predicates.append(
            '(not (' ~ is_absent(column) ~ ') and ' ~ column
            ~ " not in (select code from code_lists where code_list = '" ~ code_list ~ "'))"
        ) -%}
    {%- endfor -%}
    {{ return(predicates) }}
{%- endmacro %}


{% macro not_a_carrier(columns) -%}
    {#- Carriers that ref_carriers, imported by the model as `carriers`, does not have. -#}
    {%- set predicates = [] -%}
    {%- for column in columns -%}
        {%- do predicates.append(
            '(not (' ~ is_absent(column) ~ ') and ' ~ column
            ~ ' not in (select carrier_code from carriers))'
        ) -%}
    {%- endfor -%}
    {{ return(predicates) }}
{%- endmacro %}


{% macro earliest_possible_date() -%}
    {#- Nobody now living was born before it, and no record of a carrier is older. -#}
    cast('{{ var("earliest_possible_date", "1900-01-01") }}' as date)
{%- endmacro %}
