-- Grain: one row per (segment_kind, segment, recipient, processed_on), also delivered days without
-- a port.
-- The series that a counterfactual is fitted to. Segments of one kind add up to the total; kinds
-- overlap and are never added.

with ports_counted as (

    select * from {{ ref('int_port_outs_counted') }}

),

baseline_days as (

    select * from {{ ref('int_baseline_days') }}
    where is_delivered

),

-- Of a day that was not delivered nothing is known, and what is told of it is no port.
counted as (

    select
        ports_counted.segment_kind,
        ports_counted.segment,
        ports_counted.recipient,
        ports_counted.processed_on,
        ports_counted.ports
    from ports_counted
    inner join baseline_days
        on ports_counted.processed_on = baseline_days.processed_on

),

series as (

    select distinct segment_kind, segment, recipient
    from counted

),

final as (

    select
        series.segment_kind,
        series.segment,
        series.recipient,
        baseline_days.processed_on,
        cast(coalesce(counted.ports, 0) as bigint) as ports
    from series
    cross join baseline_days
    left join counted
        on
            series.segment_kind = counted.segment_kind
            and series.segment = counted.segment
            and series.recipient = counted.recipient
            and baseline_days.processed_on = counted.processed_on

)

select * from final
