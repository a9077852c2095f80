{% macro digest_of_keys(relation, columns) -%}
    {#- Number of rows and of keys of a relation, what its keys add up to, and what the squares of their last digits add
        up to, as one text: two relations that say the same hold the same keys, as often. The columns are whole numbers,
        one of them a pseudonym, so that others do not add up so by chance. -#}
    {%- set key = columns | join(' + ') -%}
    {%- set digits = 'mod(' ~ key ~ ', 1000000000)' %}
    select
        cast(count(*) as string) || '-' || cast(count({{ key }}) as string)
        || '-' || cast(sum({{ key }}) as string)
        || '-' || cast(sum(mod({{ digits }} * {{ digits }}, 1000000000)) as string) as digest
    from {{ relation }}
{%- endmacro %}
