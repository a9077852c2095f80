-- Grain: one row per (published_table, bucket).
-- Checksums of what was published, by bucket of the key: they tell the next generation where to
-- look, and a reproduction whether it is the same. Rows add up over the buckets of a table. dbt
-- makes it empty; it is filled after the gate of the marts.

with final as (

    select
        cast(null as string) as published_table,
        cast(null as integer) as bucket,
        cast(null as integer) as bucket_count,
        cast(null as bigint) as row_count,
        cast(null as decimal(38, 0)) as checksum
    where false

)

select * from final
