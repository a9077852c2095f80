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
    from (
        select * from {{ ref('stg_operator__' ~ entity ~ '_exceptions') }}
        {{ in_scope('natural_id', entity) }}
    ) as exceptions
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


{% macro versions_of_parent(entity) -%}
    {#-
        Versions of an entity that rows of others name, each with the day from which it counts and the row that
        brought that about: all of ids that were delivered more than once, and whatever came after the first
        batch. A line needs its customer delivered, valid or not. Reads `opening`, `<entity>_quarantined`,
        `<entity>_waited`. Some versions are told twice, in the same words.
    -#}
    {{ versions_known(entity, any_version=(entity == 'customers')) }}
    union all
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
        {{ delivered_rows(entity) | indent(8) }}
    ) as delivered
    inner join opening on delivered.delivered_on > opening.opening_on
    left join (
        select source_file, source_row from {{ entity }}_quarantined
        {%- if raw_parents(entity) %}
        union
        select source_file, source_row from {{ entity }}_waited
        {%- endif %}
    ) as told
        on
            delivered.source_row = told.source_row
            and delivered.source_file = told.source_file
    where told.source_row is null
{%- endmacro %}


{% macro parents_first_known(entity) -%}
    {#-
        Ids that rows of other entities name, with the day on which they were first known; only those that
        were not there from the first batch on, because nothing can have waited for the others.
    -#}
    select
        first_versions.parent_id,
        first_versions.ended_on
    from (
        select
            natural_id as parent_id,
            min(ended_on) as ended_on
        from (
            {{ versions_of_parent(entity) | indent(12) }}
        ) as every_version
        group by natural_id
    ) as first_versions
    inner join opening on first_versions.ended_on > opening.opening_on
{%- endmacro %}
