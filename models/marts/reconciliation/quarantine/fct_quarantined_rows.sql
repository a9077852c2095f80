-- Grain: one row per (entity, source_file, source_row) that was ever in quarantine.
-- The time of each row in it: since when, whose turn it is, until when, and which delivered row let
-- it in. Rows are released by deliveries alone; a closure takes a row off the list of what is open
-- and out of nothing else.

with held_rows as (

    select * from {{ ref('stg_operator__held_rows') }}

),

reasons as (

    select * from {{ ref('ref_quarantine_reasons') }}

),

closures as (

    select * from {{ ref('ref_quarantine_closures') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

closures_known as (

    select
        closures.entity,
        closures.source_file,
        closures.source_row,
        closures.closed_by,
        closures.reason,
        closures.known_from
    from closures
    inner join delivery_facts
        on closures.known_from <= delivery_facts.as_of_date

),

staged as (

    select
        held_rows.entity,
        held_rows.source_file,
        held_rows.source_row,
        held_rows.batch_date,
        held_rows.reason_code,
        held_rows.natural_id_key,
        held_rows.amount_krw,
        held_rows.is_quarantined,
        held_rows.release_kind,
        held_rows.released_on,
        held_rows.released_by_entity,
        held_rows.released_by_file,
        held_rows.released_by_row,
        closures_known.known_from as closed_on,
        closures_known.closed_by,
        closures_known.reason as closure_reason,
        delivery_facts.as_of_date,
        case
            when held_rows.released_on is not null then 'released'
            when closures_known.known_from is not null then 'withdrawn'
            else 'held'
        end as state,
        -- The day on which the row stopped getting older.
        coalesce(
            held_rows.released_on, closures_known.known_from, delivery_facts.as_of_date
        ) as ended_on
    from held_rows
    cross join delivery_facts
    left join closures_known
        on
            held_rows.entity = closures_known.entity
            and held_rows.source_file = closures_known.source_file
            and held_rows.source_row = closures_known.source_row

),

final as (

    select
        cast(staged.entity as string) as entity,
        cast(staged.source_file as string) as source_file,
        cast(staged.source_row as bigint) as source_row,
        cast(staged.batch_date as date) as batch_date,
        cast(staged.reason_code as string) as reason_code,
        cast(reasons.owner as string) as owner,
        cast(reasons.remedy as string) as remedy,
        cast(staged.natural_id_key as bigint) as natural_id_key,
        cast(staged.state as string) as state,
        cast(staged.is_quarantined as boolean) as is_quarantined,
        cast(staged.amount_krw as bigint) as amount_krw,
        cast(
            case when staged.state = 'held' then coalesce(staged.amount_krw, 0) else 0 end as bigint
        ) as held_krw,
        cast(
            {{ dbt.datediff('staged.batch_date', 'staged.ended_on', 'day') }} as bigint
        ) as age_days,
        cast(reasons.days_allowed as bigint) as days_allowed,
        cast(
            staged.state = 'held'
            and {{ dbt.datediff('staged.batch_date', 'staged.ended_on', 'day') }}
            > reasons.days_allowed
            as boolean
        ) as is_overdue,
        cast(reasons.overdue_severity as string) as overdue_severity,
        cast(staged.release_kind as string) as release_kind,
        cast(staged.released_on as date) as released_on,
        cast(staged.released_by_entity as string) as released_by_entity,
        cast(staged.released_by_file as string) as released_by_file,
        cast(staged.released_by_row as bigint) as released_by_row,
        cast(
            case when staged.state = 'withdrawn' then staged.closed_on end as date
        ) as closed_on,
        cast(
            case when staged.state = 'withdrawn' then staged.closed_by end as string
        ) as closed_by,
        cast(
            case when staged.state = 'withdrawn' then staged.closure_reason end as string
        ) as closure_reason,
        cast(staged.as_of_date as date) as as_of_date
    from staged
    left join reasons
        on staged.reason_code = reasons.reason_code

)

select * from final
