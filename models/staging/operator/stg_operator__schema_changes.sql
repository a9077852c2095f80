-- Grain: one row per (file_name, column_name, kind) with a column that is not as the contract or
-- the files before have it. The bundled sample has the columns of the contract and no other.

with schema_changes as (

    select * from {{ raw_schema_changes() }}

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
