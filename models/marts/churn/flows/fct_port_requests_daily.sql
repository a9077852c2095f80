-- Grain: one row per (requested_on, processed_on, reported_on, undone_on, donor_carrier,
-- recipient_carrier, outcome) that occurs.
-- requests add up over everything. Sum on one of the days at a time: by requested_on what customers
-- decided, by processed_on what the market saw, by reported_on what the exports had said by then.

with requests_counted as (

    select * from {{ ref('int_port_requests_counted') }}

),

port_days as (

    select * from {{ ref('int_port_days') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

),

answered as (

    select
        requests_counted.requested_on,
        requests_counted.processed_on,
        requests_counted.reported_on,
        requests_counted.undone_on,
        requests_counted.donor_carrier,
        requests_counted.recipient_carrier,
        requests_counted.requests,
        days_asked.answer_due_on,
        case
            when requests_counted.undone_on <= days_processed.undo_until_on then 'undone_in_period'
            when requests_counted.undone_on is not null then 'undone_late'
            when requests_counted.processed_on is not null then 'completed'
            when requests_counted.status in ('withdrawn', 'rejected') then requests_counted.status
            when days_asked.answer_due_on < delivery_facts.as_of_date then 'timed_out'
            else 'waiting'
        end as outcome
    from requests_counted
    cross join delivery_facts
    left join port_days as days_asked
        on requests_counted.requested_on = days_asked.service_date
    left join port_days as days_processed
        on requests_counted.processed_on = days_processed.service_date

),

final as (

    select
        cast(answered.requested_on as date) as requested_on,
        cast(answered.processed_on as date) as processed_on,
        cast(answered.reported_on as date) as reported_on,
        cast(answered.undone_on as date) as undone_on,
        -- The day on which the request left the queue; the last day of its period for one that
        -- nobody answered, empty for one that waits.
        cast(
            case
                when answered.processed_on is not null then answered.processed_on
                when answered.outcome in ('withdrawn', 'rejected') then answered.reported_on
                when answered.outcome = 'timed_out' then answered.answer_due_on
            end as date
        ) as left_queue_on,
        cast(answered.donor_carrier as string) as donor_carrier,
        cast(answered.recipient_carrier as string) as recipient_carrier,
        cast(
            case
                when donors.is_on_operator_network and recipients.is_on_operator_network
                    then 'within_network'
                when donors.is_on_operator_network then 'out'
                when recipients.is_on_operator_network then 'in'
                else 'elsewhere'
            end as string
        ) as direction,
        cast(answered.outcome as string) as outcome,
        cast(sum(answered.requests) as bigint) as requests
    from answered
    inner join carriers as donors
        on answered.donor_carrier = donors.carrier_code
    inner join carriers as recipients
        on answered.recipient_carrier = recipients.carrier_code
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

)

select * from final
