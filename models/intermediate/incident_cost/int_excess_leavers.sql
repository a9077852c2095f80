-- Grain: one row per (incident, plan of the operator's own brand with a leaver).
-- Lines that left beyond what the quiet days let expect, over all phases known so far: who waited
-- or was drawn forward is in it with either sign, so that it is a lasting loss.

with estimates as (

    select * from {{ ref('int_excess_estimates') }}

),

final as (

    select
        incident_id,
        segment as plan_code,
        days,
        actual as leavers,
        cast(round(1000 * expected) as bigint) as expected_thousandths,
        1000 * actual - cast(round(1000 * expected) as bigint) as excess_thousandths
    from estimates
    where
        fit_id = 'baseline'
        and phase = 'whole'
        and segment_kind = 'own_plan'
        and expected is not null

)

select * from final
