-- What left to known recipients by the excess is what left by the shares on all destinations: two
-- ways from the exports to one number, by the ends of lines and by port requests. The end of a line
-- may be in quarantine or come later than its request: day by day, only requests whose line has not
-- ended by a port may be in the shares and not in the excess, and never the other way round.

with daily as (

    select * from {{ ref('rpt_excess_churn_daily') }}

),

shares as (

    select * from {{ ref('rpt_port_share') }}

),

port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

),

lines_ended as (

    select * from {{ ref('int_lines_ended') }}

),

past_spells as (

    select * from {{ ref('int_line_spells_past') }}

),

to_known_recipients as (

    select
        processed_on,
        sum(actual) as actual
    from daily
    where
        segment_kind = 'total'
        and recipient not in ('all', 'unknown')
        and not is_missing
    group by 1

),

days_delivered as (

    select distinct processed_on
    from daily
    where
        segment_kind = 'total'
        and recipient = 'all'
        and not is_missing

),

by_shares as (

    select
        period_from as processed_on,
        max(total_ports) as ports
    from shares
    where
        period_kind = 'day'
        and basis = 'all_destinations'
    group by 1

),

ends_by_port as (

    select line_key, terminated_on, network_brand
    from lines_ended
    where termination_kind = 'port_out'
    union all
    select line_key, terminated_on, network_brand
    from past_spells
    where termination_kind = 'port_out'

),

requests_without_end as (

    select
        port_requests.processed_on,
        count(*) as requests
    from port_requests
    inner join carriers
        on port_requests.donor_carrier = carriers.carrier_code
    left join ends_by_port
        on
            port_requests.line_key = ends_by_port.line_key
            and port_requests.processed_on = ends_by_port.terminated_on
            and port_requests.donor_carrier = ends_by_port.network_brand
    where
        port_requests.status = 'completed'
        and carriers.is_on_operator_network
        and ends_by_port.line_key is null
    group by 1

),

final as (

    select
        days_delivered.processed_on,
        to_known_recipients.actual,
        by_shares.ports,
        requests_without_end.requests
    from days_delivered
    left join to_known_recipients
        on days_delivered.processed_on = to_known_recipients.processed_on
    left join by_shares
        on days_delivered.processed_on = by_shares.processed_on
    left join requests_without_end
        on days_delivered.processed_on = requests_without_end.processed_on
    where
        coalesce(by_shares.ports, 0) < coalesce(to_known_recipients.actual, 0)
        or coalesce(by_shares.ports, 0) > coalesce(to_known_recipients.actual, 0)
        + coalesce(requests_without_end.requests, 0)

)

select * from final
