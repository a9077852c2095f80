{#-
    When a row that was kept out came in after all, and which delivered row brought it in. Nothing is
    remembered between batches: the days follow from the rows known at as_of_date, so that a run as of
    an earlier day, or a rebuild, tells the same story up to that day.
-#}

{% macro held_id(entity, id) -%}
    {#- What rows of the releases are replaced by: an entity and an id in it, or the place of a row without one. -#}
    '{{ entity }}|' || coalesce({{ id }}, source_file || '|' || cast(source_row as string))
{%- endmacro %}


{% macro rows_before_parent(parent) -%}
    {#-
        Rows of other entities that keep the contract now and did not on the day they came, because the row of
        this entity that they belong to was not known yet; with the delivered row whose arrival ended the wait.
        Reads `<parent>_known`. That row is looked up for the few rows that waited, and not for every parent.
    -#}
    {%- set ranks = {'lines': 1, 'customers': 2} -%}
    select
        entity,
        natural_id,
        delivered_on,
        source_file,
        source_row,
        amount_krw,
        reason_rank,
        ended_on,
        ended_by_entity,
        ended_by_file,
        ended_by_row
    from (
        select
            late.entity,
            late.natural_id,
            late.delivered_on,
            late.source_file,
            late.source_row,
            late.amount_krw,
            {{ ranks.get(parent, 3) }} as reason_rank,
            versions.ended_on,
            versions.ended_by_entity,
            versions.ended_by_file,
            versions.ended_by_row,
            row_number() over (
                partition by late.entity, late.source_file, late.source_row, late.parent_id
                order by
                    versions.ended_on asc nulls last,
                    versions.delivered_on asc nulls last,
                    versions.source_file asc nulls last,
                    versions.source_row asc nulls last
            ) as versions_from_first
        from (
            {%- for entity, column in raw_children(parent) %}
            select
                '{{ entity }}' as entity,
                {{ natural_id(entity) }} as natural_id,
                {{ money_in_row(entity) }} as amount_krw,
                delivered.delivered_on,
                delivered.source_file,
                delivered.source_row,
                parents.parent_id
            from (
                {{ delivered_rows(entity) | indent(16) }}
            ) as delivered
            inner join {{ parent }}_known as parents
                on
                    delivered.{{ column }} = parents.parent_id
                    and delivered.delivered_on < parents.ended_on
            left join (
                select source_file, source_row from {{ entity }}_quarantined
            ) as quarantined
                on
                    delivered.source_row = quarantined.source_row
                    and delivered.source_file = quarantined.source_file
            where quarantined.source_row is null
            {%- if not loop.last %}
            union all
            {%- endif %}
            {%- endfor %}
        ) as late
        inner join (
            {{ versions_of_parent(parent) | indent(12) }}
        ) as versions on late.parent_id = versions.natural_id
    ) as ordered
    where versions_from_first = 1
{%- endmacro %}


{% macro rows_that_waited(entity) -%}
    {#- As `rows_before_parent`, of one entity and one row each: the last parent to come ends the wait, the first
        check that failed gives the reason. Reads `<parent>_late`. -#}
    select
        natural_id,
        delivered_on,
        source_file,
        source_row,
        amount_krw,
        case first_rank when 1 then 'orphan_line' when 2 then 'orphan_customer' else 'orphan_parent' end
            as reason_code,
        ended_on,
        ended_by_entity,
        ended_by_file,
        ended_by_row
    from (
        select
            natural_id,
            delivered_on,
            source_file,
            source_row,
            amount_krw,
            ended_on,
            ended_by_entity,
            ended_by_file,
            ended_by_row,
            min(reason_rank) over (partition by source_file, source_row) as first_rank,
            row_number() over (
                partition by source_file, source_row
                order by
                    ended_on desc nulls last,
                    ended_by_entity asc nulls last,
                    ended_by_file asc nulls last,
                    ended_by_row asc nulls last
            ) as parents_from_last
        from (
            {%- for parent in raw_parents(entity).values() %}
            select
                natural_id,
                delivered_on,
                source_file,
                source_row,
                amount_krw,
                reason_rank,
                ended_on,
                ended_by_entity,
                ended_by_file,
                ended_by_row
            from {{ parent }}_late
            where entity = '{{ entity }}'
            {%- if not loop.last %}
            union all
            {%- endif %}
            {%- endfor %}
        ) as without_parent
    ) as ranked
    where parents_from_last = 1
{%- endmacro %}
