-- Grain: one row per (file_name, column_name, kind) with a column that is not as the contract or the
-- files before have it. The bundled sample has the columns of the contract and no other.

with schema_changes as (
{% if var('raw_carrier') == 'landing' %}
    select * from {{ source('landing', 'raw_schema_changes') }}
{% else %}
    select
        cast(null as varchar) as batch_date,
        cast(null as varchar) as entity,
        cast(null as varchar) as file_name,
        cast(null as varchar) as column_name,
        cast(null as varchar) as kind,
        cast(null as varchar) as delivered_type
    where false
{% endif %}
),

final as (

    select
        cast(batch_date as date) as batch_date,
        entity,
        file_name,
        column_name,
        kind,
        delivered_type
    from schema_changes
    where cast(batch_date as date) <= {{ as_of_date() }}

)

select * from final
