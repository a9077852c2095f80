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
    {%- if raw_parents(entity) %}
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
        {%- if raw_parents(entity) %}
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
        Reads `opening`, `<entity>_exceptions`, `<entity>_waited`.
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
                order by
                    ended_on asc nulls last,
                    delivered_on asc nulls last,
                    source_file asc nulls last,
                    source_row asc nulls last
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
            from (
                {{ delivered_rows(entity) | indent(12) }}
            ) as delivered
            inner join opening on delivered.delivered_on > opening.opening_on
            left join (
                select source_file, source_row from {{ entity }}_exceptions
                {%- if raw_parents(entity) %}
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
