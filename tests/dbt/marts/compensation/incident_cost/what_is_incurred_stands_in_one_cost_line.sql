-- What all programmes have incurred and still owe is in the cost lines, once.

with incident_cost as (

    select * from {{ ref('rpt_incident_cost') }}

),

movements as (

    select * from {{ ref('fct_programme_movements') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

booked as (

    select
        coalesce(sum(movements.incurred_krw), 0) as incurred_krw,
        coalesce(sum(movements.outstanding_change_krw), 0) as outstanding_krw
    from movements
    cross join delivery_facts
    where movements.movement_month <= delivery_facts.as_of_date

),

reported as (

    select
        coalesce(sum(incurred_krw), 0) as incurred_krw,
        coalesce(sum(outstanding_krw), 0) as outstanding_krw
    from incident_cost
    where not is_total

),

final as (

    select
        booked.incurred_krw,
        booked.outstanding_krw,
        reported.incurred_krw as reported_incurred_krw,
        reported.outstanding_krw as reported_outstanding_krw
    from booked
    cross join reported
    where
        booked.incurred_krw <> reported.incurred_krw
        or booked.outstanding_krw <> reported.outstanding_krw

)

select * from final
