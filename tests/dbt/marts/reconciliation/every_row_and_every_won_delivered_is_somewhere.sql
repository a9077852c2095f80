-- What a manifest announces was delivered; what was delivered is accepted, superseded, a duplicate
-- or in quarantine, in rows and in won.

with batch_conservation as (

    select * from {{ ref('rpt_batch_conservation') }}

),

final as (

    select
        entity,
        batch_date,
        announced_rows,
        delivered,
        accepted + superseded + duplicate + quarantined as accounted_rows,
        delivered_krw,
        accepted_krw + superseded_krw + duplicate_krw + quarantined_krw as accounted_krw
    from batch_conservation
    where
        announced_rows <> delivered
        or delivered <> accepted + superseded + duplicate + quarantined
        or delivered_krw <> accepted_krw + superseded_krw + duplicate_krw + quarantined_krw

)

select * from final
