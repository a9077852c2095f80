{# A line or customer in quarantine keeps the key that it has elsewhere. #}
{%- set kinds = {'lines': 'line', 'customers': 'customer'} -%}

with

{% for entity in raw_entities() %}
{{ entity }} as (
    select * from {{ ref('stg_operator__' ~ entity ~ '_exceptions') }}
),

-- Which ids in quarantine have a current version after all, and since when?
{{ entity }}_replaced as (
    select
        known.natural_id,
        max(known.delivered_on) as replaced_on
    from {{ entity }} as known
    inner join {{ entity }} as held
        on known.natural_id = held.natural_id
    where
        known.status = 'accepted'
        and held.status = 'quarantined'
    group by known.natural_id
),
{% endfor %}
quarantined as (
    {%- for entity in raw_entities() %}
    select
        '{{ entity }}' as entity,
        held.delivered_on,
        held.source_file,
        held.source_row,
        held.reason_code,
        {{ pseudonym(kinds.get(entity, entity), 'held.natural_id') }} as natural_id_key,
        held.amount_krw,
        coalesce(replaced.replaced_on > held.delivered_on, false) as is_replaced
    from {{ entity }} as held
    left join {{ entity }}_replaced as replaced
        on held.natural_id = replaced.natural_id
    where held.status = 'quarantined'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        entity,
        delivered_on as batch_date,
        source_file,
        source_row,
        reason_code,
        natural_id_key,
        amount_krw,
        is_replaced
    from quarantined
)

select * from final
