-- Grain: one row per pair of programmes whose relation is known at the as-of date, in its newest
-- known form.

with exclusions as (

    select * from {{ ref('ref_programme_exclusions') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

exclusions_ranked as (

    select
        exclusions.programme_a,
        exclusions.programme_b,
        exclusions.relation,
        exclusions.scope,
        exclusions.reason_code,
        row_number() over (
            partition by exclusions.programme_a, exclusions.programme_b
            order by exclusions.known_from desc nulls last
        ) as recency
    from exclusions
    inner join delivery_facts
        on exclusions.known_from <= delivery_facts.as_of_date

),

final as (

    select
        programme_a,
        programme_b,
        relation,
        scope,
        reason_code
    from exclusions_ranked
    where recency = 1

)

select * from final
