-- The rows read of every entity and batch are as many as the manifest of the batch lists: no file
-- was read in part, twice or not at all.

with row_status as (

    select * from {{ ref('stg_operator__row_status') }}

),

batch_files as (

    select * from {{ raw_relation('batch_files') }}

),

listed as (

    select
        entity,
        cast(batch_date as date) as batch_date,
        sum(cast(row_count as bigint)) as row_count
    from batch_files
    where cast(batch_date as date) <= {{ as_of_date() }}
    group by 1, 2
    -- A file may be listed as empty.
    having sum(cast(row_count as bigint)) > 0

),

final as (

    select
        coalesce(row_status.entity, listed.entity) as entity,
        coalesce(row_status.batch_date, listed.batch_date) as batch_date,
        row_status.delivered,
        listed.row_count
    from row_status
    full outer join listed
        on
            row_status.entity = listed.entity
            and row_status.batch_date = listed.batch_date
    where row_status.delivered is distinct from listed.row_count

)

select * from final
