with lines as (

    select * from {{ ref('dim_lines') }}

),

deactivations as (

    select * from {{ ref('fct_deactivations') }}

),

leavers as (

    select
        line_key,
        max(case when kind = 'port_out' then 1 else 0 end) as is_ported_out
    from deactivations
    group by line_key

)

select
    lines.exposure_class,
    count(*) as lines,
    count(leavers.line_key) as lines_that_left,
    cast(coalesce(sum(leavers.is_ported_out), 0) as bigint) as lines_ported_out
from lines
left join leavers
    on lines.line_key = leavers.line_key
group by lines.exposure_class
order by lines.exposure_class
