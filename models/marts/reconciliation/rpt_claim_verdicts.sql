-- Grain: one row per (claim_id, basis) of a claim that was public at the as-of date.
-- May be handed out: what was said, and whether the deliveries bear it out. What they hold instead
-- stays in rpt_published_claims, since some of those figures count few people.

with claims as (

    select * from {{ ref('rpt_published_claims') }}

),

final as (

    select
        cast(claim_id as varchar) as claim_id,
        cast(basis as varchar) as basis,
        cast(statement as varchar) as statement,
        cast(published_on as date) as published_on,
        cast(published_value as decimal(24, 6)) as published_value,
        cast(unit as varchar) as unit,
        cast(verdict as varchar) as verdict
    from claims
    where is_published_by_as_of

)

select * from final
