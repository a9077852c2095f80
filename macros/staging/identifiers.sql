{#- Checks of direct identifiers. An identifier that is not given is not wrong. -#}

{% macro is_wrong_imei(imei, imei_number) -%}
    {#-
        True when an IMEI is not 15 digits, or its last digit is not the Luhn digit of the others. A
        final 0 is accepted, because raw network logs write 0 for the digit that they do not know.
        `imei_number` is the IMEI read as a whole number once, in a column of its own: arithmetic on
        it is far cheaper than taking millions of texts apart.
    -#}
    {%- set sum = [] -%}
    {%- for position in range(15) -%}
        {%- set digit = '(' ~ whole_quotient(imei_number, '1' ~ '0' * position) ~ ' % 10)' -%}
        {%- if position is odd -%}
            {#- A doubled digit counts as the sum of its own two digits. -#}
            {%- do sum.append('2 * ' ~ digit ~ ' - 9 * (' ~ whole_quotient(digit, '5') ~ ')') -%}
        {%- else -%}
            {%- do sum.append(digit) -%}
        {%- endif -%}
    {%- endfor -%}
    (
        {{ imei }} <> ''
        and (
            not {{ fully_matches(imei, '[0-9]{15}') }}
            or (
                {{ imei_number }} % 10 <> 0
                and (
                    {{ sum | join('\n                    + ') }}
                ) % 10 <> 0
            )
        )
    )
{%- endmacro %}


{% macro is_wrong_msisdn(column) -%}
    {#- True when a mobile number is not 010 and eight digits. -#}
    ({{ column }} <> '' and not {{ fully_matches(column, '010[0-9]{8}') }})
{%- endmacro %}


{% macro is_wrong_imsi(column) -%}
    {#- True when an IMSI is not 15 digits, or does not begin with a prefix of the operator. Needs
        `imsi_prefixes`: the prefixes of the network, five digits each. -#}
    (
        {{ column }} <> ''
        and (
            not {{ fully_matches(column, '[0-9]{15}') }}
            or substr({{ column }}, 1, 5) not in (select prefix from imsi_prefixes)
        )
    )
{%- endmacro %}
