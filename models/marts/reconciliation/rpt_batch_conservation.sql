-- Grain: one row per (entity, batch_date).
-- Every row and every won delivered is accepted, superseded, duplicate or quarantined. Statuses are
-- those at the as-of date: a later delivery turns accepted rows into superseded ones.

with row_status as (

    select * from {{ ref('stg_operator__row_status') }}

),

delivered_files as (

    select * from {{ ref('int_delivered_files') }}

),

final as (

    select
        cast(coalesce(delivered_files.entity, row_status.entity) as string) as entity,
        cast(coalesce(delivered_files.batch_date, row_status.batch_date) as date) as batch_date,
        cast(coalesce(delivered_files.files, 0) as bigint) as files,
        cast(coalesce(delivered_files.announced_rows, 0) as bigint) as announced_rows,
        cast(coalesce(row_status.delivered, 0) as bigint) as delivered,
        cast(coalesce(row_status.accepted, 0) as bigint) as accepted,
        cast(coalesce(row_status.superseded, 0) as bigint) as superseded,
        cast(coalesce(row_status.duplicate, 0) as bigint) as duplicate,
        cast(coalesce(row_status.quarantined, 0) as bigint) as quarantined,
        cast(coalesce(row_status.delivered_krw, 0) as bigint) as delivered_krw,
        cast(coalesce(row_status.accepted_krw, 0) as bigint) as accepted_krw,
        cast(coalesce(row_status.superseded_krw, 0) as bigint) as superseded_krw,
        cast(coalesce(row_status.duplicate_krw, 0) as bigint) as duplicate_krw,
        cast(coalesce(row_status.quarantined_krw, 0) as bigint) as quarantined_krw
    from delivered_files
    full outer join row_status
        on
            delivered_files.entity = row_status.entity
            and delivered_files.batch_date = row_status.batch_date

)

select * from final
