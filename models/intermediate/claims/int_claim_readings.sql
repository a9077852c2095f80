-- Grain: one row per (claim_id, basis) on which a published claim can be read at the as-of date.

with published_claims as (

    select * from {{ ref('ref_published_claims') }}

),

claim_readings as (

    select * from {{ ref('ref_claim_readings') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- A figure about days that have passed can be checked before anybody publishes it; an announcement
-- cannot. Both kinds appear, and is_published_by_as_of tells them apart.
claims_in_reach as (

    select
        published_claims.claim_id,
        published_claims.basis,
        published_claims.document_id,
        published_claims.statement,
        published_claims.kind,
        published_claims.metric,
        published_claims.comparator,
        published_claims.unit,
        published_claims.value,
        published_claims.rounding_unit,
        published_claims.period_from,
        published_claims.period_to,
        published_claims.published_on,
        delivery_facts.as_of_date,
        delivery_facts.observed_from,
        delivery_facts.sample_rate,
        published_claims.known_from <= delivery_facts.as_of_date as is_published_by_as_of,
        least(published_claims.published_on, delivery_facts.as_of_date) as knowledge_on
    from published_claims
    cross join delivery_facts
    where
        published_claims.known_from <= delivery_facts.as_of_date
        or (
            published_claims.kind in ('churn', 'reference')
            and published_claims.period_to <= delivery_facts.as_of_date
        )

),

final as (

    select
        claims_in_reach.claim_id,
        coalesce(claim_readings.basis, claims_in_reach.basis, 'none') as basis,
        claim_readings.reason as reading_reason,
        claims_in_reach.document_id,
        claims_in_reach.statement,
        claims_in_reach.kind,
        claims_in_reach.metric,
        nullif(split_part(claims_in_reach.metric, ':', 1), '') as metric_family,
        nullif(split_part(claims_in_reach.metric, ':', 2), '') as metric_argument,
        claims_in_reach.comparator,
        claims_in_reach.unit,
        try_cast(claims_in_reach.value as decimal(24, 6)) as published_value,
        claims_in_reach.value as published_text,
        claims_in_reach.rounding_unit,
        claims_in_reach.period_from,
        claims_in_reach.period_to,
        claims_in_reach.published_on,
        claims_in_reach.knowledge_on,
        claims_in_reach.is_published_by_as_of,
        claims_in_reach.as_of_date,
        claims_in_reach.observed_from,
        claims_in_reach.sample_rate
    from claims_in_reach
    left join claim_readings
        on
            claims_in_reach.claim_id = claim_readings.claim_id
            and claims_in_reach.basis = 'unstated'

)

select * from final
