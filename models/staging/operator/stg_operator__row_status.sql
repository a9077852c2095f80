with

{% for entity in raw_entities() %}
{{ entity }}_delivered as (
    {{ delivered_rows(entity) }}
),

{{ entity }}_exceptions as (
    select * from {{ ref('stg_operator__' ~ entity ~ '_exceptions') }}
),

{{ entity }}_accepted as (
    select * from {{ ref('stg_operator__' ~ entity) }}
),
{% endfor %}
-- Counted where the rows are: delivered in raw, accepted in the table that readers use, the rest
-- among the exceptions. That the four add up to the first is therefore a test, not a definition.
counted as (
    {%- for entity in raw_entities() %}
    select
        '{{ entity }}' as entity,
        delivered_on as batch_date,
        'delivered' as status,
        count(*) as row_count,
        sum({{ money_in_row(entity) }}) as amount_krw
    from {{ entity }}_delivered
    group by delivered_on
    union all
    select
        '{{ entity }}' as entity,
        loaded_on as batch_date,
        'accepted' as status,
        count(*) as row_count,
        sum({{ money_in_row(entity) }}) as amount_krw
    from {{ entity }}_accepted
    group by loaded_on
    union all
    select
        '{{ entity }}' as entity,
        delivered_on as batch_date,
        status,
        count(*) as row_count,
        sum(amount_krw) as amount_krw
    from {{ entity }}_exceptions
    where status <> 'accepted'
    group by delivered_on, status
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

summed as (
    select
        entity,
        batch_date,
        sum(case when status = 'delivered' then row_count else 0 end) as delivered,
        sum(case when status = 'accepted' then row_count else 0 end) as accepted,
        sum(case when status = 'superseded' then row_count else 0 end) as superseded,
        sum(case when status = 'duplicate' then row_count else 0 end) as duplicate,
        sum(case when status = 'quarantined' then row_count else 0 end) as quarantined,
        sum(case when status = 'delivered' then amount_krw else 0 end) as delivered_krw,
        sum(case when status = 'accepted' then amount_krw else 0 end) as accepted_krw,
        sum(case when status = 'superseded' then amount_krw else 0 end) as superseded_krw,
        sum(case when status = 'duplicate' then amount_krw else 0 end) as duplicate_krw,
        sum(case when status = 'quarantined' then amount_krw else 0 end) as quarantined_krw
    from counted
    group by entity, batch_date
),

final as (
    select
        entity,
        batch_date,
        cast(delivered as bigint) as delivered,
        cast(accepted as bigint) as accepted,
        cast(superseded as bigint) as superseded,
        cast(duplicate as bigint) as duplicate,
        cast(quarantined as bigint) as quarantined,
        cast(coalesce(delivered_krw, 0) as bigint) as delivered_krw,
        cast(coalesce(accepted_krw, 0) as bigint) as accepted_krw,
        cast(coalesce(superseded_krw, 0) as bigint) as superseded_krw,
        cast(coalesce(duplicate_krw, 0) as bigint) as duplicate_krw,
        cast(coalesce(quarantined_krw, 0) as bigint) as quarantined_krw
    from summed
)

select * from final
