-- Grain: one row per (partner programme, first month, last month, line if a port was undone).
-- Lines by the months in which coupons are issued to them: the few spans that there are. The few
-- lines with a port that was undone stand for themselves.

{{ config(materialized='counted', meta={'sums': ['lines']}) }}

with lines_entitled as (

    {{ lines_entitled_in_scope() }}

),

port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}
    {{ in_scope('line_key') }}

),

lines_with_a_port_undone as (

    select distinct line_key
    from port_requests
    where status = 'reversed'

),

final as (

    select
        lines_entitled.programme_id,
        lines_entitled.first_issued_month,
        lines_entitled.last_issued_month,
        lines_with_a_port_undone.line_key,
        cast(count(*) as bigint) as lines
    from lines_entitled
    left join lines_with_a_port_undone
        on lines_entitled.line_key = lines_with_a_port_undone.line_key
    where
        lines_entitled.kind = 'partner_discount'
        and lines_entitled.first_issued_month is not null
    group by 1, 2, 3, 4

)

select * from final
