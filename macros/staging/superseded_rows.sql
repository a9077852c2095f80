{% macro superseded_rows(entity) -%}
    {#- The versions that later ones have replaced, as delivered: for what was known on an earlier
        day. Of several versions in one batch only the last ever counted. -#}
    select
        {%- for column in raw_contract(entity)['columns'] %}
        delivered.{{ column }},
        {%- endfor %}
        delivered.delivered_on
    from delivered
    inner join (
        select
            source_file,
            source_row,
            status,
            row_number() over (
                partition by natural_id, delivered_on
                order by source_file desc nulls last, source_row desc
            ) as versions_from_last
        from exceptions
        where status in ('accepted', 'superseded')
    ) as versions
        on
            delivered.source_row = versions.source_row
            and delivered.source_file = versions.source_file
            and versions.status = 'superseded'
            and versions.versions_from_last = 1
{%- endmacro %}
