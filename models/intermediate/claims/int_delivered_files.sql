-- Grain: one row per (entity, batch_date) announced by a manifest.

with batch_files as (

    select * from {{ raw_relation('batch_files') }}

),

final as (

    select
        entity,
        cast(batch_date as date) as batch_date,
        count(*) as files,
        cast(sum(cast(row_count as bigint)) as bigint) as announced_rows
    from batch_files
    where cast(batch_date as date) <= {{ as_of_date() }}
    group by 1, 2

)

select * from final
