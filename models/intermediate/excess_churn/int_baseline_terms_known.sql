-- Grain: one row, or none while no terms are known.

with baseline_terms as (

    select * from {{ ref('ref_baseline_terms') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

terms_ranked as (

    select
        baseline_terms.known_from,
        baseline_terms.termination_kind,
        baseline_terms.confidence,
        baseline_terms.normal_quantile,
        baseline_terms.min_fit_days,
        baseline_terms.min_fit_ports,
        baseline_terms.month_deviation,
        row_number() over (order by baseline_terms.known_from desc nulls last) as recency
    from baseline_terms
    inner join delivery_facts
        on baseline_terms.known_from <= delivery_facts.as_of_date

),

final as (

    select
        known_from,
        termination_kind,
        cast(confidence as double) as confidence,
        cast(normal_quantile as double) as normal_quantile,
        min_fit_days,
        min_fit_ports,
        cast(month_deviation as double) as month_deviation
    from terms_ranked
    where recency = 1

)

select * from final
