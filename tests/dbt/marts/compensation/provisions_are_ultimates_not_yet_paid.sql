-- For the programmes whose treatment gives a provision, all of them, every month, and no others.

with ultimates as (

    select * from {{ ref('rpt_programme_ultimates') }}

),

rollforward as (

    select * from {{ ref('rpt_provision_rollforward') }}

),

provided as (

    select
        programme_id,
        cost_month,
        ultimate_krw - cumulative_paid_krw as to_be_paid_krw
    from ultimates
    where is_provision

),

final as (

    select
        provided.to_be_paid_krw,
        rollforward.closing_krw,
        coalesce(provided.programme_id, rollforward.programme_id) as programme_id,
        coalesce(provided.cost_month, rollforward.cost_month) as cost_month
    from provided
    full outer join rollforward
        on
            provided.programme_id = rollforward.programme_id
            and provided.cost_month = rollforward.cost_month
    where provided.to_be_paid_krw is distinct from rollforward.closing_krw

)

select * from final
