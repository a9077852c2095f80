{# A line or customer in quarantine keeps the key that it has elsewhere. #}
{%- set kinds = {'lines': 'line', 'customers': 'customer'} -%}

with

{% for entity in raw_entities() %}
{{ entity }} as (
    select * from {{ ref('stg_operator__' ~ entity ~ '_exceptions') }}
),
{% endfor %}
quarantined as (
    {%- for entity in raw_entities() %}
    select
        '{{ entity }}' as entity,
        delivered_on,
        source_file,
        source_row,
        reason_code,
        {{ pseudonym(kinds.get(entity, entity), 'natural_id') }} as natural_id_key,
        amount_krw
    from {{ entity }}
    where status = 'quarantined'
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
        amount_krw
    from quarantined
)

select * from final
