with commitments as (

    select * from {{ ref('fct_commitments') }}

),

known as (

    select max(date) as as_of_date
    from {{ ref('dim_dates') }}
    where is_observed

)

select
    commitments.due,
    commitments.due < known.as_of_date and commitments.status <> 'kept' as is_overdue,
    commitments.owner,
    commitments.pledge,
    commitments.status,
    commitments.planned_krw,
    commitments.target_share,
    commitments.measured_share,
    commitments.source_claim
from commitments
cross join known
order by commitments.due, commitments.commitment_item_id
