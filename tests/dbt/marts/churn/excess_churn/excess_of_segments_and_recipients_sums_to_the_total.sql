-- One linear rule serves every series, so that recipients, and the segments of every kind but the
-- own brand's plans, add up to the total: what left and what was expected.

with phases as (

    select * from {{ ref('rpt_excess_churn') }}

),

parts as (

    select
        incident_id,
        method,
        phase,
        case when segment_kind = 'total' then 'recipient' else segment_kind end as cut_by,
        count(*) as part_count,
        sum(actual) as actual,
        sum(expected) as expected
    from phases
    where
        segment_kind <> 'own_plan'
        and (segment_kind <> 'total' or recipient <> 'all')
    group by 1, 2, 3, 4

),

final as (

    select
        parts.incident_id,
        parts.method,
        parts.phase,
        parts.cut_by
    from parts
    left join phases
        on
            parts.incident_id = phases.incident_id
            and parts.method = phases.method
            and parts.phase = phases.phase
            and phases.segment_kind = 'total'
            and phases.recipient = 'all'
    where
        parts.actual is distinct from phases.actual
        or (parts.expected is null) is distinct from (phases.expected is null)
        -- Each part is rounded to a thousandth.
        or abs(parts.expected - phases.expected) > 0.001 * (parts.part_count + 1)

)

select * from final
