-- Grain: one row per cost line.
-- Dollars belong to a claim or to a day: a line whose won and dollars were published together keeps
-- the rate of that claim; any other is translated at the newest rate of a day known at the as-of
-- date.

with cost_lines as (

    select * from {{ ref('ref_cost_lines') }}

),

fx_rates as (

    select * from {{ ref('ref_fx_rates') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

rates_ranked as (

    select
        fx_rates.rate_id,
        fx_rates.claim_id,
        fx_rates.rate_on,
        fx_rates.krw_per_unit,
        row_number() over (
            partition by fx_rates.claim_id
            order by
                fx_rates.rate_on desc nulls last,
                fx_rates.known_from desc nulls last,
                fx_rates.rate_id asc nulls last
        ) as recency
    from fx_rates
    cross join delivery_facts
    where
        fx_rates.currency = 'USD'
        and fx_rates.known_from <= delivery_facts.as_of_date
        and fx_rates.rate_on <= delivery_facts.as_of_date

),

rates_of_claims as (

    select rate_id, claim_id, rate_on, krw_per_unit
    from rates_ranked
    where
        recency = 1
        and claim_id is not null

),

rate_of_the_day as (

    select rate_id, rate_on, krw_per_unit, recency
    from rates_ranked
    where
        recency = 1
        and claim_id is null

),

final as (

    select
        cost_lines.cost_line,
        coalesce(rates_of_claims.rate_id, rate_of_the_day.rate_id) as rate_id,
        rates_of_claims.claim_id as rate_claim_id,
        coalesce(rates_of_claims.rate_on, rate_of_the_day.rate_on) as rate_on,
        coalesce(rates_of_claims.krw_per_unit, rate_of_the_day.krw_per_unit) as rate,
        case
            when rates_of_claims.rate_id is not null then 'claim'
            when rate_of_the_day.rate_id is not null then 'day'
            else 'none_known'
        end as rate_basis
    from cost_lines
    left join rates_of_claims
        on cost_lines.fx_claim_id = rates_of_claims.claim_id
    left join rate_of_the_day
        on rate_of_the_day.recency = 1

)

select * from final
