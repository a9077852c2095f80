-- What is held, by reason, is what the balance of deliveries says is in quarantine: no row and no
-- won more or less.

with held_amounts as (

    select * from {{ ref('rpt_held_amounts') }}

),

batch_conservation as (

    select * from {{ ref('rpt_batch_conservation') }}

),

held as (

    select
        entity,
        batch_date,
        sum(held_rows) as held_rows,
        sum(held_krw) as held_krw
    from held_amounts
    group by entity, batch_date

),

final as (

    select
        coalesce(held.entity, batch_conservation.entity) as entity,
        coalesce(held.batch_date, batch_conservation.batch_date) as batch_date,
        held.held_rows,
        batch_conservation.quarantined,
        held.held_krw,
        batch_conservation.quarantined_krw
    from batch_conservation
    full outer join held
        on
            batch_conservation.entity = held.entity
            and batch_conservation.batch_date = held.batch_date
    where
        coalesce(held.held_rows, 0) is distinct from batch_conservation.quarantined
        or coalesce(held.held_krw, 0) is distinct from batch_conservation.quarantined_krw

)

select * from final
