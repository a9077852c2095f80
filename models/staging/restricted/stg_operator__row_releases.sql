{{ config(materialized='keyed', unique_key='held_id') }}

{% set held -%}
{%- for entity in raw_entities() %}
select
    '{{ entity }}' as entity,
    {{ held_id(entity, 'natural_id') }} as held_id,
    natural_id,
    delivered_on,
    source_file,
    source_row,
    reason_code,
    amount_krw,
    true as is_quarantined,
    cast(null as date) as ended_on,
    cast(null as string) as ended_by_entity,
    cast(null as string) as ended_by_file,
    cast(null as bigint) as ended_by_row
from {{ entity }}_quarantined
{%- if raw_parents(entity) %}
union all
select
    '{{ entity }}' as entity,
    {{ held_id(entity, 'natural_id') }} as held_id,
    natural_id,
    delivered_on,
    source_file,
    source_row,
    reason_code,
    amount_krw,
    false as is_quarantined,
    ended_on,
    ended_by_entity,
    ended_by_file,
    ended_by_row
from {{ entity }}_waited
{%- endif %}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
{%- endset %}

with

opening as (
    select min(batch_date) as opening_on
    from {{ ref('stg_operator__batch_files') }}
),

{% for entity in raw_entities() %}
{{ entity }}_quarantined as (
    select * from {{ ref('stg_operator__' ~ entity ~ '_exceptions') }}
    where reason_code is not null
),
{% endfor %}
{% for entity in entities_by_rank() %}{% if raw_parents(entity) %}
{{ entity }}_waited as (
    {{ rows_that_waited(entity) }}
),
{% endif %}
{%- if entity in parent_entities() %}
{{ entity }}_known as (
    {{ worked_out_once(entity ~ '_known', parents_first_known(entity)) }}
),

{{ entity }}_late as (
    {{ worked_out_once(entity ~ '_late', rows_before_parent(entity)) }}
),
{% endif %}
{%- endfor %}
held as (
    {{ worked_out_once('held', held) | indent(4) }}
),

versions as (
    {%- for entity in raw_entities() %}
    select
        '{{ entity }}' as entity,
        natural_id,
        delivered_on,
        source_file,
        source_row,
        ended_on,
        ended_by_entity,
        ended_by_file,
        ended_by_row
    from (
        {{ versions_known(entity) | indent(4) }}
    ) as known
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Which later version of the same id was the first to count?
corrections as (
    select
        held.entity,
        held.source_file,
        held.source_row,
        versions.ended_on,
        versions.ended_by_entity,
        versions.ended_by_file,
        versions.ended_by_row,
        row_number() over (
            partition by held.entity, held.source_file, held.source_row
            order by
                versions.ended_on asc nulls last,
                versions.delivered_on asc nulls last,
                versions.source_file asc nulls last,
                versions.source_row asc nulls last
        ) as corrections_from_first
    from held
    inner join versions
        on
            held.entity = versions.entity
            and held.natural_id = versions.natural_id
            and (
                held.delivered_on < versions.delivered_on
                or (
                    held.delivered_on = versions.delivered_on
                    and (
                        held.source_file < versions.source_file
                        or (
                            held.source_file = versions.source_file
                            and held.source_row < versions.source_row
                        )
                    )
                )
            )
),

-- A row ends its time in quarantine by what comes first: its parent, or a version that replaces it.
ends as (
    select
        held.entity,
        held.held_id,
        held.natural_id,
        held.delivered_on,
        held.source_file,
        held.source_row,
        held.reason_code,
        held.amount_krw,
        held.is_quarantined,
        held.ended_on,
        held.ended_by_entity,
        held.ended_by_file,
        held.ended_by_row,
        corrections.ended_on as corrected_on,
        corrections.ended_by_entity as corrected_by_entity,
        corrections.ended_by_file as corrected_by_file,
        corrections.ended_by_row as corrected_by_row,
        coalesce(corrections.ended_on < held.ended_on, held.ended_on is null)
        and corrections.ended_on is not null as is_corrected
    from held
    left join corrections
        on
            held.entity = corrections.entity
            and held.source_file = corrections.source_file
            and held.source_row = corrections.source_row
            and corrections.corrections_from_first = 1
),

final as (
    select
        entity,
        held_id,
        natural_id,
        delivered_on,
        source_file,
        source_row,
        reason_code,
        amount_krw,
        is_quarantined,
        case when is_corrected then 'correction' when ended_on is not null then 'parent' end
            as release_kind,
        case when is_corrected then corrected_on else ended_on end as released_on,
        case when is_corrected then corrected_by_entity else ended_by_entity end
            as released_by_entity,
        case when is_corrected then corrected_by_file else ended_by_file end as released_by_file,
        case when is_corrected then corrected_by_row else ended_by_row end as released_by_row
    from ends
)

select * from final
