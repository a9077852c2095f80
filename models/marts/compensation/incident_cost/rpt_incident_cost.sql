-- Grain: one row per (incident, cost line), and one per incident for the total.
-- Amounts are the state at the as-of date. Add up the lines that are in the total, or read the
-- total line; never both. What was announced stands beside the cost and is none.

with cost_lines as (

    select * from {{ ref('fct_incident_cost_lines') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- The total has no rate: each line keeps its own, and dollars add up.
report_rows as (

    select
        incident_id,
        cost_line,
        line_order,
        cost_line_name,
        cost_group,
        treatment,
        statement_effect,
        is_in_total_cost,
        announced_krw,
        incurred_krw,
        outstanding_krw,
        krw,
        low_krw,
        high_krw,
        population_krw,
        usd,
        low_usd,
        high_usd,
        announced_usd,
        rate_id,
        rate_claim_id,
        rate_on,
        rate,
        rate_basis,
        false as is_total
    from cost_lines
    union all
    select
        incident_id,
        'total' as cost_line,
        max(line_order) + 1 as line_order,
        'Cost of the incident' as cost_line_name,
        'total' as cost_group,
        cast(null as string) as treatment,
        cast(null as string) as statement_effect,
        false as is_in_total_cost,
        {%- for amount in ['announced', 'incurred', 'outstanding'] %}
        sum(case when is_in_total_cost then {{ amount }}_krw else 0 end) as {{ amount }}_krw,
        {%- endfor %}
        {%- for amount in ['krw', 'low_krw', 'high_krw', 'population_krw'] %}
        sum(case when is_in_total_cost then {{ amount }} else 0 end) as {{ amount }},
        {%- endfor %}
        {%- for amount in ['usd', 'low_usd', 'high_usd', 'announced_usd'] %}
        sum(case when is_in_total_cost then {{ amount }} end) as {{ amount }},
        {%- endfor %}
        cast(null as string) as rate_id,
        cast(null as string) as rate_claim_id,
        cast(null as date) as rate_on,
        cast(null as decimal(12, 4)) as rate,
        'lines' as rate_basis,
        true as is_total
    from cost_lines
    group by 1

),

final as (

    select
        cast(report_rows.incident_id as string) as incident_id,
        cast(report_rows.cost_line as string) as cost_line,
        cast(report_rows.line_order as bigint) as line_order,
        cast(report_rows.cost_line_name as string) as cost_line_name,
        cast(report_rows.cost_group as string) as cost_group,
        cast(report_rows.is_total as boolean) as is_total,
        cast(report_rows.is_in_total_cost as boolean) as is_in_total_cost,
        cast(report_rows.treatment as string) as treatment,
        cast(report_rows.statement_effect as string) as statement_effect,
        cast(report_rows.krw as bigint) as krw,
        cast(report_rows.low_krw as bigint) as low_krw,
        cast(report_rows.high_krw as bigint) as high_krw,
        cast(report_rows.incurred_krw as bigint) as incurred_krw,
        cast(report_rows.outstanding_krw as bigint) as outstanding_krw,
        cast(report_rows.announced_krw as bigint) as announced_krw,
        cast(report_rows.population_krw as bigint) as population_krw,
        cast(report_rows.usd as decimal(18, 2)) as usd,
        cast(report_rows.low_usd as decimal(18, 2)) as low_usd,
        cast(report_rows.high_usd as decimal(18, 2)) as high_usd,
        cast(report_rows.announced_usd as decimal(18, 2)) as announced_usd,
        cast(report_rows.rate as decimal(12, 4)) as rate,
        cast(report_rows.rate_id as string) as rate_id,
        cast(report_rows.rate_basis as string) as rate_basis,
        cast(report_rows.rate_claim_id as string) as rate_claim_id,
        cast(report_rows.rate_on as date) as rate_on,
        cast(delivery_facts.as_of_date as date) as as_of_date
    from report_rows
    cross join delivery_facts

)

select * from final
