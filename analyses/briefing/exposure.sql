with identifier_exposures as (

    select * from {{ ref('fct_identifier_exposures') }}

),

unauthorised_payments as (

    select * from {{ ref('fct_unauthorised_payments') }}

),

incidents as (

    select * from {{ ref('dim_incidents') }}

),

touched as (

    select
        incident_id,
        line_key,
        element,
        confirmed_on
    from identifier_exposures
    union all
    select
        incident_id,
        line_key,
        'unauthorised_payment' as element,
        confirmed_on
    from unauthorised_payments
    where is_confirmed

),

-- A line counts once for each element, on the day it was confirmed first.
confirmed as (

    select
        touched.element,
        touched.line_key,
        min(touched.confirmed_on) as confirmed_on
    from touched
    inner join incidents
        on touched.incident_id = incidents.incident_id
    where incidents.is_of_operator
    group by touched.element, touched.line_key

),

days as (

    select distinct confirmed_on
    from confirmed

),

elements as (

    select distinct element
    from confirmed

),

-- Every element has every day of a statement: a count that did not grow still stands.
by_day as (

    select
        elements.element,
        days.confirmed_on,
        count(confirmed.line_key) as confirmed_lines
    from elements
    cross join days
    left join confirmed
        on
            elements.element = confirmed.element
            and days.confirmed_on = confirmed.confirmed_on
    group by elements.element, days.confirmed_on

)

select
    element,
    confirmed_on,
    confirmed_lines,
    cast(
        sum(confirmed_lines) over (partition by element order by confirmed_on) as bigint
    ) as cumulative_lines
from by_day
order by element, confirmed_on
