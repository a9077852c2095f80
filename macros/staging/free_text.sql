{% macro as_free_text(column) -%}
    {#-
        Text that no list of codes judges, as readers may see it who may not see subscribers.
        A run of nine digits or more (a number of a subscriber or a device, also with hyphens or dots between, and
        with its letter an id such as L000000001), a Korean mobile, landline or resident number in any of the usual
        spellings, and a mail address become [masked]; digits of full width are read as others. Days (eight digits) and
        amounts stay. A name that somebody typed is not found: texts are for inside, never public. Short values, as
        codes are, are not searched: that would take seconds on large entities.
    -#}
    case
        when length({{ as_text(column) }}) < 9 then {{ as_text(column) }}
        else
            {{ replace_every_match(
                'translate(' ~ as_text(column) ~ ", '０１２３４５６７８９', '0123456789')",
                identifiers_in_text(),
                '[masked]'
            ) }}
    end
{%- endmacro %}


{% macro identifiers_in_text() -%}
    {#- A regular expression of what is masked: long numbers; mobile numbers, with or without the code of the
        country; landline numbers; resident numbers; mail addresses. -#}
    {{ [
        '[A-Za-z]?[0-9]([.–-]{0,2}[0-9]){8,}',
        '[+]?[(]?(82[ ).–-]{0,2})?[(]?0?1[016789][ ).–-]{0,2}[0-9]{3,4}[ .–-]{0,2}[0-9]{4}',
        '[(]?0[0-9]{1,2}[ ).–-]{1,2}[0-9]{3,4}[ .–-]{1,2}[0-9]{4}',
        '[0-9]{6}[ .–-]{1,2}[1-8][0-9]{6}',
        '[^ @]+@[^ @]+[.][A-Za-z]+',
    ] | join('|') }}
{%- endmacro %}


{% macro as_code(column) -%}
    {#- A code that no list judges (a region, a merchant): of up to ten letters and digits it stays, unless it is formed
        as an id of a line or customer or begins as a telephone number does; anything else is text. -#}
    case
        when
            {{ fully_matches(as_text(column), '[A-Za-z0-9_-]{1,10}') }}
            and not {{ fully_matches(as_text(column), '[A-Za-z][0-9]{8,9}|0[0-9]{8,9}') }}
            then {{ as_text(column) }}
        else {{ as_free_text(column) }}
    end
{%- endmacro %}
