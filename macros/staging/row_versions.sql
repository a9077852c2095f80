{% macro row_exceptions(entity) -%}
    {#-
        The rows of `checked` that are quarantined, or that share their id with another row, and
        what became of each. Every other row is accepted as it stands, so this holds the few rows
        for which something has to be said, and no window function runs over a whole entity.

        Of the versions of one id that keep the contract, in the order of delivery, one that equals
        the version before it in every column but batch_date is a `duplicate`; of the others the
        newest is `accepted` and the rest are `superseded`. A later version that breaks the contract
        is quarantined and replaces nothing.

        Needs `checked`: the columns of the contract, delivered_on, source_file, source_row and
        reason_code. Ends with the CTE `final`.
    -#}
    {%- set contract = raw_contract(entity) -%}
    {%- set key = contract['key'] | join(', ') -%}
repeated as (
    select {{ key }}
    from (
        {{ delivered_rows(entity) | indent(8) }}
    ) as every_row
    group by {{ key }}
    having count(*) > 1
),

conspicuous as (
    select
        {%- for column in contract['columns'] %}
        checked.{{ column }},
        {%- endfor %}
        checked.delivered_on,
        checked.source_file,
        checked.source_row,
        checked.reason_code
    from checked
    left join repeated
        on
            {%- for column in contract['key'] %}
            {{ 'and ' if not loop.first }}checked.{{ column }} = repeated.{{ column }}
            {%- endfor %}
    where
        checked.reason_code is not null
        or repeated.{{ contract['key'][0] }} is not null
),

described as (
    select
        {{ natural_id(entity) }} as natural_id,
        delivered_on,
        source_file,
        source_row,
        reason_code,
        reason_code is not null as is_quarantined,
        {{ money_in_row(entity) }} as amount_krw,
        {{ row_content(entity) }} as content
    from conspicuous
),

compared as (
    select
        natural_id,
        delivered_on,
        source_file,
        source_row,
        reason_code,
        is_quarantined,
        amount_krw,
        not is_quarantined
        and coalesce(
            content = lag(content) over (
                partition by natural_id, is_quarantined
                order by delivered_on nulls first, source_file, source_row
            ),
            false
        ) as is_duplicate
    from described
),

ranked as (
    select
        natural_id,
        delivered_on,
        source_file,
        source_row,
        reason_code,
        is_quarantined,
        amount_krw,
        is_duplicate,
        row_number() over (
            partition by natural_id, is_quarantined, is_duplicate
            order by delivered_on desc nulls last, source_file desc, source_row desc
        ) as versions_from_newest
    from compared
),

final as (
    select
        natural_id,
        delivered_on,
        source_file,
        source_row,
        case
            when is_quarantined then 'quarantined'
            when is_duplicate then 'duplicate'
            when versions_from_newest = 1 then 'accepted'
            else 'superseded'
        end as status,
        reason_code,
        amount_krw
    from ranked
)
{%- endmacro %}


{% macro accepted_rows(entity) -%}
    {#- The current version of every id, as delivered: all rows of `delivered` but those to which
        `exceptions` gives another status. An outer join, because DuckDB would hold all rows of a
        correlated `not exists` in memory. -#}
    select
        {%- for column in raw_contract(entity)['columns'] %}
        delivered.{{ column }},
        {%- endfor %}
        delivered.delivered_on
    from delivered
    left join (
        select source_file, source_row from exceptions where status <> 'accepted'
    ) as set_aside
        on
            delivered.source_row = set_aside.source_row
            and delivered.source_file = set_aside.source_file
    where set_aside.source_row is null
{%- endmacro %}


{% macro natural_id(entity) -%}
    {#- The id as one text; null when a part of it is missing. -#}
    {%- for column in raw_contract(entity)['key'] -%}
        {{ " || '|' || " if not loop.first }}nullif(cast({{ column }} as string), '')
    {%- endfor -%}
{%- endmacro %}


{% macro money_in_row(entity) -%}
    {#- Control amount of a row: the sum of the won that can be read in it; null when the entity
        holds no money. A sum for balancing deliveries, not a figure of the business. What is beyond
        all money there is cannot be read: a few such rows must not overflow the sums of all. -#}
    {%- set money = raw_contract(entity)['money'] -%}
    {%- if not money -%}
        cast(null as bigint)
    {%- else -%}
        cast(
        {%- for column in money -%}
            {{ ' + ' if not loop.first }}case
                when {{ as_whole_number(column) }} between -{{ most_won() }} and {{ most_won() }}
                    then {{ as_whole_number(column) }} else 0
            end
        {%- endfor -%}
        {{ ' ' }}as bigint)
    {%- endif -%}
{%- endmacro %}


{% macro row_content(entity) -%}
    {#-
        A fingerprint of everything in a row but its batch_date, to tell a repetition from a change.
        Only compared with the version before it and never stored: 64 bits are plenty. An empty text
        is the same as none.
    -#}
    {{ content_hash(raw_contract(entity)['columns']) }}
{%- endmacro %}
