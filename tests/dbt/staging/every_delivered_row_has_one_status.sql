-- Delivered = accepted + superseded + duplicate + quarantined, for every entity and batch, in rows
-- and in won. The parts are counted in different tables: a row that a join lost or doubled, or an
-- amount that typing changed, shows here.

with row_status as (

    select * from {{ ref('stg_operator__row_status') }}

),

final as (

    select
        entity,
        batch_date,
        delivered,
        accepted,
        superseded,
        duplicate,
        quarantined,
        delivered_krw,
        accepted_krw,
        superseded_krw,
        duplicate_krw,
        quarantined_krw
    from row_status
    where
        delivered <> accepted + superseded + duplicate + quarantined
        or delivered_krw <> accepted_krw + superseded_krw + duplicate_krw + quarantined_krw

)

select * from final
