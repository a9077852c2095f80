-- The cost with one of them moved, summed up from its lines; what was set; the order by the size of the swing.
with moved as (
    select
        l.moved_driver_id as driver_id,
        sum(l.krw) filter (l.side = 'low') as total_low_krw,
        sum(l.krw) filter (l.side = 'high') as total_high_krw
    from compensation.fct_cost_line_settings as l
    inner join compensation.fct_incident_cost_lines as c using (cost_line)
    where c.is_in_total_cost and l.moved_driver_id <> 'all'
    group by all
),
set_to as (
    select
        moved_driver_id as driver_id,
        max(set_value) filter (side = 'low') as low_value,
        max(base_value) as base_value,
        max(set_value) filter (side = 'high') as high_value
    from compensation.fct_cost_settings
    where assumption_id = moved_driver_id
    group by all
)
select
    row_number() over (order by abs(total_high_krw - total_low_krw) desc, driver_id) as swing_rank,
    driver_id,
    low_value,
    base_value,
    high_value,
    total_low_krw,
    total_high_krw,
    abs(total_high_krw - total_low_krw) as swing_krw
from moved
left join set_to using (driver_id)
where total_high_krw <> total_low_krw
