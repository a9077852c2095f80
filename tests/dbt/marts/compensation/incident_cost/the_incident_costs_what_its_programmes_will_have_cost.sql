-- One estimate, two reports: a line of the incident's cost is the ultimate of its programmes by the
-- newest month of the cost report.

with cost_lines as (

    select * from {{ ref('fct_incident_cost_lines') }}

),

outlook as (

    select * from {{ ref('fct_programme_outlook') }}

),

costs as (

    select * from {{ ref('rpt_compensation_cost_monthly') }}

),

newest as (

    select max(cost_month) as cost_month from costs

),

ultimates as (

    select
        outlook.incident_id,
        outlook.cost_line,
        sum(costs.ultimate_krw) as ultimate_krw
    from outlook
    inner join costs
        on
            outlook.programme_id = costs.programme_id
            and costs.row_kind = 'programme'
    inner join newest
        on costs.cost_month = newest.cost_month
    group by 1, 2

),

final as (

    select
        cost_lines.incident_id,
        cost_lines.cost_line,
        cost_lines.krw,
        ultimates.ultimate_krw
    from cost_lines
    inner join ultimates
        on
            cost_lines.incident_id = ultimates.incident_id
            and cost_lines.cost_line = ultimates.cost_line
    where cost_lines.krw != ultimates.ultimate_krw

)

select * from final
