-- The life of quarantined rows holds every row and every won that the balance of deliveries has in
-- quarantine, per entity and batch, and what is open is what the held amounts call open.

with quarantined_rows as (

    select * from {{ ref('fct_quarantined_rows') }}

),

batch_conservation as (

    select * from {{ ref('rpt_batch_conservation') }}

),

held_amounts as (

    select * from {{ ref('rpt_held_amounts') }}

),

lived as (

    select
        entity,
        batch_date,
        sum(case when is_quarantined then 1 else 0 end) as quarantined,
        coalesce(sum(case when is_quarantined then amount_krw end), 0) as quarantined_krw,
        sum(case when state <> 'released' then 1 else 0 end) as open_rows,
        coalesce(sum(case when state <> 'released' then amount_krw end), 0) as open_krw
    from quarantined_rows
    group by entity, batch_date

),

opened as (

    select
        entity,
        batch_date,
        sum(open_rows) as open_rows,
        sum(open_krw) as open_krw
    from held_amounts
    group by entity, batch_date

),

final as (

    select
        coalesce(batch_conservation.entity, lived.entity) as entity,
        coalesce(batch_conservation.batch_date, lived.batch_date) as batch_date,
        batch_conservation.quarantined,
        lived.quarantined as quarantined_in_life,
        batch_conservation.quarantined_krw,
        lived.quarantined_krw as quarantined_krw_in_life,
        opened.open_rows,
        lived.open_rows as open_rows_in_life
    from batch_conservation
    full outer join lived
        on
            batch_conservation.entity = lived.entity
            and batch_conservation.batch_date = lived.batch_date
    left join opened
        on
            lived.entity = opened.entity
            and lived.batch_date = opened.batch_date
    where
        coalesce(lived.quarantined, 0) is distinct from batch_conservation.quarantined
        or coalesce(lived.quarantined_krw, 0) is distinct from batch_conservation.quarantined_krw
        or coalesce(lived.open_rows, 0) <> coalesce(opened.open_rows, 0)
        or coalesce(lived.open_krw, 0) <> coalesce(opened.open_krw, 0)

)

select * from final
