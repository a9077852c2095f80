-- The number lies between its bounds, a reason stands where there is none, and each incident has
-- one row to quote.

with phases as (

    select * from {{ ref('rpt_excess_churn') }}

),

headlines as (

    select
        incident_id,
        count(case when is_headline then 1 end) as headline_count
    from phases
    group by 1

),

final as (

    select
        incident_id,
        phase,
        segment,
        'bounds' as problem
    from phases
    where
        excess_lines < excess_lines_low
        or excess_lines > excess_lines_high
        or (excess_lines_high > actual and expected >= 0)
        or (verdict = 'too_few_fit_days') <> (excess_lines is null)
        or (verdict = 'fitted') <> (excess_lines_low is not null)
    union all
    select
        incident_id,
        'whole' as phase,
        'total' as segment,
        'headlines' as problem
    from headlines
    where headline_count <> 1

)

select * from final
