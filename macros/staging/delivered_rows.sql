{% macro delivered_rows(entity) -%}
    {#-
        Every row of an entity that is known at as_of_date, as delivered, with where it came from:
        delivered_on (the batch), source_file and source_row (1-based data row of that file).

        A landing area keeps each batch in a folder of its date, and the folder tells when a row
        was delivered; what the row itself claims in batch_date is checked against it. The bundled
        sample has one file per entity, so there the row's own batch_date has to be believed. A row
        whose batch cannot be told is known, and quarantined.

        A model that is built by key reads the rows of the ids in scope.

        Text is read as text whatever type a file gives it, so that comparing a code never fails.
    -#}
    {%- set contract = raw_contract(entity) -%}
    {%- set landing = var('raw_carrier') == 'landing' -%}
    select
        {%- for column in contract['columns'] %}
        {{ column }},
        {%- endfor %}
        batch_date,
        delivered_on,
        source_file,
        source_row
    from (
        select
            {%- for column in contract['columns'] %}
            {{ column if column in contract['values'] else 'cast(' ~ column ~ ' as string) as ' ~ column }},
            {%- endfor %}
            batch_date,
            {%- if landing %}
            {{ as_date('substr(source_file, 1, 10)') }} as delivered_on,
            source_file,
            source_row
            {%- else %}
            {{ as_date('batch_date') }} as delivered_on,
            'raw_{{ entity }}.csv' as source_file,
            {{ row_of_seed() }} as source_row
            {%- endif %}
        {#- Written either way, since it is the edge of the graph. -#}
        {%- set every_row = raw_relation(entity) %}
        from {{ raw_in_scope(entity) if is_scoped() else every_row }}
    ) as as_delivered
    where delivered_on is null or delivered_on <= {{ as_of_date() }}
{%- endmacro %}


{% macro delivered_columns(entity, relation) -%}
    {#- The columns of `delivered_rows`, taken from a relation, for the top of a select list. -#}
    {%- for column in raw_contract(entity)['columns'] + [
        'batch_date', 'delivered_on', 'source_file', 'source_row'
    ] -%}
        {{ relation }}.{{ column }},
        {%- if not loop.last %}
        {% endif %}
    {%- endfor %}
{%- endmacro %}
