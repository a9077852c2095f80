-- Grain: one row per insurance programme known at the as-of date: its length, premium and terms.

with programmes as (

    select * from {{ ref('int_programmes_known') }}

),

assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

terms as (

    select * from {{ ref('ref_insurance_terms') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

terms_ranked as (

    select
        terms.programme_id,
        terms.covered_percent,
        terms.limit_krw,
        row_number() over (
            partition by terms.programme_id
            order by terms.known_from desc nulls last
        ) as recency
    from terms
    inner join delivery_facts
        on terms.known_from <= delivery_facts.as_of_date

),

final as (

    select
        programmes.programme_id,
        programmes.treatment_code,
        programmes.is_victims_only,
        programmes.months,
        cast(assumptions.base as bigint) as unit_cost_krw,
        cast(assumptions.base as bigint) * programmes.months as premium_total_krw,
        terms_ranked.covered_percent,
        terms_ranked.limit_krw
    from programmes
    left join assumptions
        on
            programmes.programme_id = assumptions.programme_id
            and assumptions.parameter = 'unit_cost_krw'
    left join terms_ranked
        on
            programmes.programme_id = terms_ranked.programme_id
            and terms_ranked.recency = 1
    where programmes.kind = 'insurance'

)

select * from final
