{% macro as_free_text(column) -%}
    {#-
        Text that no list of codes judges, as readers may see it who may not see subscribers.
        A run of nine digits or more (a number of a subscriber or a device, also with hyphens or dots between, and
        with its letter an id such as L000000001), a Korean mobile or landline number with spaces, and a mail address
        become [masked]. Days (eight digits) and amounts stay. A name that somebody typed is not found: texts are for
        inside, never public. Short values, as codes are, are not searched: that would take seconds on large entities.
    -#}
    case
        when length({{ as_text(column) }}) < 9 then {{ as_text(column) }}
        else
            regexp_replace(
                {{ as_text(column) }},
                '[A-Za-z]?[0-9]([.-]?[0-9]){8,}|0[0-9]{1,2} [0-9]{3,4} [0-9]{4}|[^ @]+@[^ @]+[.][A-Za-z]+',
                '[masked]',
                'g'
            )
    end
{%- endmacro %}
