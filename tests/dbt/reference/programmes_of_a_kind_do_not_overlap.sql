-- Records of use name no programme: two programmes that share kind, circle of holders, incident
-- and days could not be told apart. Insurances are told apart by their length.

with programmes as (

    select * from {{ ref('ref_programmes') }}

),

final as (

    select
        'programmes ' || earlier.programme_id || ' and ' || later.programme_id
        || ' are both of kind ' || earlier.kind || ' and share days' as problem
    from programmes as earlier
    inner join programmes as later
        on
            earlier.kind = later.kind
            and earlier.programme_id < later.programme_id
            and earlier.is_victims_only = later.is_victims_only
            and (earlier.incident_id = later.incident_id or not earlier.is_victims_only)
            and (
                earlier.kind != 'insurance'
                or earlier.months is not distinct from later.months
            )
            and coalesce(earlier.starts_on <= later.ends_on, true)
            and coalesce(earlier.ends_on >= later.starts_on, true)
    where earlier.kind in ('data', 'partner_discount', 'insurance', 'bill_discount', 'loss_refund')

)

select * from final
