{#-
    When a row that was kept out came in after all, and which delivered row brought it in. Nothing is
    remembered between batches: the days follow from the rows known at as_of_date, so that a run as of
    an earlier day, or a rebuild, tells the same story up to that day.
-#}

{% macro rows_without_parent(entity) -%}
    {#-
        Rows of an entity that keep the contract now and did not on the day they came, because a row
        they belong to was not known yet; one row for each such parent, with the delivered row whose
        arrival ended the wait. Reads `<parent>_first` and `<entity>_exceptions`. The rows delivered are no
        CTE: one that is read twice would be written down first, all columns of all rows.
    -#}
    {%- set ranks = {'lines': 1, 'customers': 2} -%}
    {%- for column, parent in raw_parents(entity).items() %}
    select
        late.natural_id,
        late.delivered_on,
        late.source_file,
        late.source_row,
        late.amount_krw,
        {{ ranks.get(parent, 3) }} as reason_rank,
        late.ended_on,
        late.ended_by_entity,
        late.ended_by_file,
        late.ended_by_row
    from (
        select
            {{ natural_id(entity) }} as natural_id,
            {{ money_in_row(entity) }} as amount_krw,
            delivered.delivered_on,
            delivered.source_file,
            delivered.source_row,
            parents.ended_on,
            parents.ended_by_entity,
            parents.ended_by_file,
            parents.ended_by_row
        from (
            {{ delivered_rows(entity) | indent(8) }}
        ) as delivered
        inner join {{ parent }}_first as parents
            on
                delivered.{{ column }} = parents.parent_id
                and delivered.delivered_on < parents.ended_on
    ) as late
    left join {{ entity }}_exceptions as exceptions
        on
            late.source_row = exceptions.source_row
            and late.source_file = exceptions.source_file
    where exceptions.reason_code is null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}


{% macro rows_that_waited(entity) -%}
    {#- As `rows_without_parent`, one row each: the last parent to come ends the wait, the first check
        that failed gives the reason. -#}
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
            {{ rows_without_parent(entity) | indent(8) }}
        ) as without_parent
    ) as ranked
    where parents_from_last = 1
{%- endmacro %}
