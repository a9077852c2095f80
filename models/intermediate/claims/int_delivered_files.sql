-- Grain: one row per (entity, batch_date) announced by a manifest.

with batch_files as (

    select * from {{ ref('stg_operator__batch_files') }}

),

final as (

    select
        entity,
        batch_date,
        count(*) as files,
        cast(sum(row_count) as bigint) as announced_rows
    from batch_files
    group by 1, 2

)

select * from final
