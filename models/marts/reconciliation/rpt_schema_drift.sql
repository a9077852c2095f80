-- Grain: one row per (entity, column_name, kind, delivered_type).
-- Columns that are not what they were and could be lived with. What cannot stops the intake, so
-- that no published generation has it.

with schema_changes as (

    select * from {{ ref('stg_operator__schema_changes') }}

),

batch_files as (

    select * from {{ ref('stg_operator__batch_files') }}

),

counted as (

    select
        entity,
        column_name,
        kind,
        delivered_type,
        min(batch_date) as first_on,
        max(batch_date) as last_on,
        count(*) as files
    from schema_changes
    group by entity, column_name, kind, delivered_type

),

newest as (

    select
        entity,
        max(batch_date) as newest_on
    from batch_files
    group by entity

),

final as (

    select
        cast(counted.entity as string) as entity,
        cast(counted.column_name as string) as column_name,
        cast(counted.kind as string) as kind,
        cast(counted.delivered_type as string) as delivered_type,
        cast(counted.first_on as date) as first_on,
        cast(counted.last_on as date) as last_on,
        cast(counted.files as bigint) as files,
        cast(counted.last_on = newest.newest_on as boolean) as is_current,
        cast(
            case counted.kind
                when 'added' then 'kept in raw, read by nothing: ask the source why it came'
                when 'missing' then 'read as empty: it was beyond the contract'
                when 'type_changed' then 'read as the same values'
            end as string
        ) as action
    from counted
    inner join newest
        on counted.entity = newest.entity

)

select * from final
