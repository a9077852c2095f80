-- The months of the cost report, packages and totals left out.

with costs as (

    select * from {{ ref('rpt_compensation_cost_monthly') }}

),

ultimates as (

    select * from {{ ref('rpt_programme_ultimates') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

costed as (

    select
        costs.programme_id,
        costs.cost_month,
        costs.cumulative_incurred_krw
    from costs
    inner join programmes
        on costs.programme_id = programmes.programme_id
    where
        not costs.is_total
        and programmes.kind != 'package'

),

final as (

    select
        coalesce(costed.programme_id, ultimates.programme_id) as programme_id,
        coalesce(costed.cost_month, ultimates.cost_month) as cost_month
    from costed
    full outer join ultimates
        on
            costed.programme_id = ultimates.programme_id
            and costed.cost_month = ultimates.cost_month
    where costed.cumulative_incurred_krw is distinct from ultimates.cumulative_incurred_krw

)

select * from final
