{#-
    When a row that was kept out came in after all, and which delivered row brought it in. Nothing is
    remembered between batches: the days follow from the rows known at as_of_date, so that a run as of
    an earlier day, or a rebuild, tells the same story up to that day.
-#}

{% macro entities_by_rank() -%}
    {#- Every entity after those that its rows belong to. -#}
    {%- set ordered = [] -%}
    {%- for has_parents in (false, true) -%}
        {%- for entity in raw_entities() if (raw_contract(entity)['parents'] != {}) == has_parents -%}
            {%- do ordered.append(entity) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(ordered) }}
{%- endmacro %}


{% macro parent_entities() -%}
    {#- The entities that rows of others belong to. -#}
    {%- set found = [] -%}
    {%- for entity in raw_entities() -%}
        {%- for parent in raw_contract(entity)['parents'].values() if parent not in found -%}
            {%- do found.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{% macro rows_without_parent(entity) -%}
    {#-
        Rows of an entity that keep the contract now and did not on the day they came, because a row
        they belong to was not known yet; one row for each such parent, with the delivered row whose
        arrival ended the wait. Reads `<parent>_first`, `<entity>_delivered`, `<entity>_exceptions`.
    -#}
    {%- set ranks = {'lines': 1, 'customers': 2} -%}
    {%- for column, parent in raw_contract(entity)['parents'].items() %}
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
        from {{ entity }}_delivered as delivered
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
            without_parent.*,
            min(reason_rank) over (partition by source_file, source_row) as first_rank,
            row_number() over (
                partition by source_file, source_row
                order by ended_on desc, ended_by_entity, ended_by_file, ended_by_row
            ) as parents_from_last
        from (
            {{ rows_without_parent(entity) | indent(8) }}
        ) as without_parent
    ) as ranked
    where parents_from_last = 1
{%- endmacro %}


{% macro versions_known(entity, any_version=false) -%}
    {#-
        Versions that keep the contract, each with the day from which it did and the delivered row
        that brought that about: its own, or the last parent it waited for. All of every id that was
        delivered more than once, and all that waited; with `any_version` also those in quarantine.
    -#}
    select
        exceptions.natural_id,
        exceptions.delivered_on,
        exceptions.source_file,
        exceptions.source_row,
        exceptions.delivered_on as ended_on,
        '{{ entity }}' as ended_by_entity,
        exceptions.source_file as ended_by_file,
        exceptions.source_row as ended_by_row
    from {{ entity }}_exceptions as exceptions
    {%- if raw_contract(entity)['parents'] %}
    left join {{ entity }}_waited as waited
        on
            exceptions.source_row = waited.source_row
            and exceptions.source_file = waited.source_file
    {%- endif %}
    where
        exceptions.natural_id is not null
        {%- if not any_version %}
        and exceptions.reason_code is null
        {%- endif %}
        {%- if raw_contract(entity)['parents'] %}
        and waited.source_row is null
    union all
    select
        natural_id,
        delivered_on,
        source_file,
        source_row,
        ended_on,
        ended_by_entity,
        ended_by_file,
        ended_by_row
    from {{ entity }}_waited
        {%- endif %}
{%- endmacro %}


{% macro parents_first_known(entity) -%}
    {#-
        Ids that rows of other entities name, with the day on which they were first known and the row
        that brought it about; only those that were not there from the first batch on, because
        nothing can have waited for the others. A line needs its customer delivered, valid or not.
        Reads `opening`, `<entity>_delivered`, `<entity>_exceptions`, `<entity>_waited`.
    -#}
    select
        natural_id as parent_id,
        ended_on,
        ended_by_entity,
        ended_by_file,
        ended_by_row
    from (
        select
            natural_id,
            ended_on,
            ended_by_entity,
            ended_by_file,
            ended_by_row,
            row_number() over (
                partition by natural_id
                order by ended_on, delivered_on, source_file, source_row
            ) as versions_from_first
        from (
            {{ versions_known(entity, any_version=(entity == 'customers')) | indent(8) }}
            union all
            -- Delivered once, after the first batch.
            select
                {{ natural_id(entity) }} as natural_id,
                delivered.delivered_on,
                delivered.source_file,
                delivered.source_row,
                delivered.delivered_on as ended_on,
                '{{ entity }}' as ended_by_entity,
                delivered.source_file as ended_by_file,
                delivered.source_row as ended_by_row
            from {{ entity }}_delivered as delivered
            inner join opening on delivered.delivered_on > opening.opening_on
            left join (
                select source_file, source_row from {{ entity }}_exceptions
                {%- if raw_contract(entity)['parents'] %}
                union
                select source_file, source_row from {{ entity }}_waited
                {%- endif %}
            ) as told
                on
                    delivered.source_row = told.source_row
                    and delivered.source_file = told.source_file
            where told.source_row is null
        ) as every_version
    ) as ordered
    inner join opening on ordered.ended_on > opening.opening_on
    where versions_from_first = 1
{%- endmacro %}
