{# A line or customer that is held keeps the key that it has elsewhere. #}
{%- set kinds = {'lines': 'line', 'customers': 'customer'} -%}

with

releases as (
    select * from {{ ref('stg_operator__row_releases') }}
),

final as (
    select
        entity,
        delivered_on as batch_date,
        source_file,
        source_row,
        reason_code,
        case entity
            {%- for entity in raw_entities() %}
            when '{{ entity }}' then {{ pseudonym(kinds.get(entity, entity), 'natural_id') }}
            {%- endfor %}
        end as natural_id_key,
        amount_krw,
        is_quarantined,
        release_kind,
        released_on,
        released_by_entity,
        released_by_file,
        released_by_row
    from releases
)

select * from final
