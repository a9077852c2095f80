-- Grain: one row per (incident, cost line).
-- Each line in won and in dollars, each at its own rate. Amounts are the state at the as-of date
-- and add up over the lines that are in the total cost. What was announced stands beside the cost
-- and is none.

with outlook as (

    select * from {{ ref('fct_programme_outlook') }}

),

cost_line_settings as (

    select * from {{ ref('fct_cost_line_settings') }}

),

cost_lines as (

    select * from {{ ref('ref_cost_lines') }}

),

treatments as (

    select * from {{ ref('ref_accounting_treatments') }}

),

rates as (

    select * from {{ ref('int_cost_line_rates') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

incidents as (

    select distinct incident_id from cost_line_settings

),

booked as (

    select
        incident_id,
        cost_line,
        min(treatment) as treatment,
        sum(announced_krw) as announced_krw,
        sum(incurred_krw) as incurred_krw,
        sum(outstanding_krw) as outstanding_krw
    from outlook
    group by 1, 2

),

amounts as (

    select
        incident_id,
        cost_line,
        sum(case when moved_driver_id = 'none' then krw else 0 end) as krw,
        sum(case when moved_driver_id = 'all' and side = 'low' then krw else 0 end) as low_krw,
        sum(case when moved_driver_id = 'all' and side = 'high' then krw else 0 end) as high_krw
    from cost_line_settings
    group by 1, 2

),

lines_described as (

    select
        incidents.incident_id,
        cost_lines.cost_line,
        cost_lines.line_order,
        cost_lines.cost_line_name,
        cost_lines.cost_group,
        cost_lines.is_sampled,
        coalesce(booked.treatment, cost_lines.treatment_code) as treatment,
        booked.announced_krw,
        coalesce(booked.incurred_krw, 0) as incurred_krw,
        coalesce(booked.outstanding_krw, 0) as outstanding_krw,
        coalesce(amounts.krw, 0) as krw,
        least(coalesce(amounts.low_krw, 0), coalesce(amounts.krw, 0)) as low_krw,
        greatest(coalesce(amounts.high_krw, 0), coalesce(amounts.krw, 0)) as high_krw,
        rates.rate_id,
        rates.rate_claim_id,
        rates.rate_on,
        rates.rate,
        rates.rate_basis
    from incidents
    cross join cost_lines
    left join booked
        on
            incidents.incident_id = booked.incident_id
            and cost_lines.cost_line = booked.cost_line
    left join amounts
        on
            incidents.incident_id = amounts.incident_id
            and cost_lines.cost_line = amounts.cost_line
    left join rates
        on cost_lines.cost_line = rates.cost_line

),

-- Does the line reduce profit? What becomes an asset, or was only announced, does not.
lines_translated as (

    select
        lines_described.incident_id,
        lines_described.cost_line,
        lines_described.line_order,
        lines_described.cost_line_name,
        lines_described.cost_group,
        lines_described.treatment,
        treatments.statement_effect,
        coalesce(treatments.statement_effect in ('revenue', 'cost'), false) as is_in_total_cost,
        lines_described.announced_krw,
        lines_described.incurred_krw,
        lines_described.outstanding_krw,
        lines_described.krw,
        lines_described.low_krw,
        lines_described.high_krw,
        case
            when lines_described.is_sampled
                then {{ whole_won('lines_described.krw', 'delivery_facts.sample_rate') }}
            else lines_described.krw
        end as population_krw,
        {{ dollars_of('lines_described.krw', 'lines_described.rate') }} as usd,
        {{ dollars_of('lines_described.low_krw', 'lines_described.rate') }} as low_usd,
        {{ dollars_of('lines_described.high_krw', 'lines_described.rate') }} as high_usd,
        {{ dollars_of('lines_described.announced_krw', 'lines_described.rate') }} as announced_usd,
        lines_described.rate_id,
        lines_described.rate_claim_id,
        lines_described.rate_on,
        lines_described.rate,
        lines_described.rate_basis
    from lines_described
    cross join delivery_facts
    left join treatments
        on lines_described.treatment = treatments.treatment_code

),

final as (

    select
        cast(incident_id as string) as incident_id,
        cast(cost_line as string) as cost_line,
        cast(line_order as bigint) as line_order,
        cast(cost_line_name as string) as cost_line_name,
        cast(cost_group as string) as cost_group,
        cast(treatment as string) as treatment,
        cast(statement_effect as string) as statement_effect,
        cast(is_in_total_cost as boolean) as is_in_total_cost,
        cast(announced_krw as bigint) as announced_krw,
        cast(incurred_krw as bigint) as incurred_krw,
        cast(outstanding_krw as bigint) as outstanding_krw,
        cast(krw as bigint) as krw,
        cast(low_krw as bigint) as low_krw,
        cast(high_krw as bigint) as high_krw,
        cast(population_krw as bigint) as population_krw,
        cast(usd as decimal(18, 2)) as usd,
        cast(low_usd as decimal(18, 2)) as low_usd,
        cast(high_usd as decimal(18, 2)) as high_usd,
        cast(announced_usd as decimal(18, 2)) as announced_usd,
        cast(rate_id as string) as rate_id,
        cast(rate_claim_id as string) as rate_claim_id,
        cast(rate_on as date) as rate_on,
        cast(rate as decimal(12, 4)) as rate,
        cast(rate_basis as string) as rate_basis
    from lines_translated

)

select * from final
