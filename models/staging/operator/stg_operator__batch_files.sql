-- Grain: one row per file of a batch known at the as-of date, as its manifest announced it.

with batch_files as (

    select * from {{ raw_relation('batch_files') }}

),

final as (

    select
        cast(batch_date as date) as batch_date,
        entity,
        file_name,
        cast(row_count as bigint) as row_count,
        sha256,
        cast(sample_rate as decimal(18, 9)) as sample_rate
    from batch_files
    where cast(batch_date as date) <= {{ as_of_date() }}

)

select * from final
