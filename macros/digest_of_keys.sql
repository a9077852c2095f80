{% macro digest_of_keys(relation, key) -%}
    {#- Number of rows and of keys of a relation, and what its keys (one whole number each) add up to, as one text: two
        relations that say the same hold the same keys, as often. -#}
    {%- set rest = 'mod(' ~ key ~ ', 998244353)' %}
    select
        cast(count(*) as string) || '-' || cast(count({{ key }}) as string)
        || '-' || cast(sum({{ rest }}) as string)
        || '-' || cast(sum(mod({{ rest }} * {{ rest }}, 999999937)) as string) as digest
    from {{ relation }}
{%- endmacro %}
