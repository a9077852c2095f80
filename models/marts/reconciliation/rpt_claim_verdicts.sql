-- Grain: one row per (claim_id, basis) of a claim that was public at the as-of date.
-- May be handed out: what was said, and whether the deliveries bear it out. What they hold instead
-- stays in rpt_published_claims, since some of those figures count few people.

with claims as (

    select * from {{ ref('rpt_published_claims') }}

),

final as (

    select
        cast(claim_id as string) as claim_id,
        cast(basis as string) as basis,
        cast(statement as string) as statement,
        cast(published_on as date) as published_on,
        cast(published_value as decimal(24, 6)) as published_value,
        cast(unit as string) as unit,
        cast(verdict as string) as verdict
    from claims
    where is_published_by_as_of

)

select * from final
