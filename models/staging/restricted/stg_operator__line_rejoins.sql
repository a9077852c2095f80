{{ config(materialized='keyed', unique_key='line_id') }}

with

delivered as (
    {{ delivered_rows('lines') }}
),

every_line as (
    {{ delivered_rows('lines') }}
),

exceptions as (
    select * from {{ ref('stg_operator__lines_exceptions') }}
    {{ in_scope('natural_id', 'lines') }}
),

accepted as (
    {{ accepted_rows('lines') }}
),

-- Only lines that ended, and lines that began after the first had ended, can make a pair.
first_departure as (
    select min({{ as_timestamp('terminated_at') }}) as terminated_at from every_line
),

movers as (
    select
        accepted.line_id,
        accepted.customer_id,
        accepted.msisdn,
        {{ as_timestamp('accepted.activated_at') }} as activated_at,
        {{ as_timestamp('accepted.terminated_at') }} as terminated_at
    from accepted
    inner join first_departure
        on
            {{ as_timestamp('accepted.terminated_at') }} is not null
            or {{ as_timestamp('accepted.activated_at') }} > first_departure.terminated_at
    where accepted.msisdn <> ''
),

returns as (
    select
        departures.line_id,
        arrivals.line_id as rejoined_line_id,
        arrivals.activated_at as rejoined_at,
        row_number() over (
            partition by departures.line_id
            order by arrivals.activated_at nulls last, arrivals.line_id
        ) as return_number
    from movers as departures
    inner join movers as arrivals
        on
            departures.msisdn = arrivals.msisdn
            and departures.customer_id = arrivals.customer_id
            and departures.terminated_at < arrivals.activated_at
),

final as (
    select
        line_id,
        rejoined_line_id,
        cast(rejoined_at as date) as rejoined_on
    from returns
    where return_number = 1
)

select * from final
