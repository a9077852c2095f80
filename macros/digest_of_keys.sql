{% macro digest_of_keys(relation, columns, parts=[]) -%}
    {#- Number of rows and of keys of a relation, and what fingerprints of the keys add up to, as one text: two
        that say the same hold the same keys, as often. With `parts` one for every value of these columns. -#}
    select
        {%- for part in parts %}
        {{ part }},
        {%- endfor %}
        count(*) as row_count,
        cast(count(*) as string)
        || '-' || cast(count(case when {{ columns | join(' is null or ') }} is null then null else 1 end) as string)
        || '-' || coalesce(cast({{ sum_of_hashes(key_hash(columns)) }} as string), 'none') as digest
    from {{ relation }}
    {%- if parts %}
    group by {{ parts | join(', ') }}
    {%- endif %}
{%- endmacro %}
