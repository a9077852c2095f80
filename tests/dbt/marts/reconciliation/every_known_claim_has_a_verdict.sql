-- No claim that was published by the as-of date is missing, and none is on a basis nobody listed.

with published_claims as (

    select * from {{ ref('ref_published_claims') }}

),

verdicts as (

    select * from {{ ref('rpt_published_claims') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

final as (

    select
        published_claims.claim_id,
        count(verdicts.claim_id) as verdicts
    from published_claims
    inner join delivery_facts
        on published_claims.known_from <= delivery_facts.as_of_date
    left join verdicts
        on published_claims.claim_id = verdicts.claim_id
    group by published_claims.claim_id, published_claims.metric
    having
        count(verdicts.claim_id) = 0
        or (
            published_claims.metric is null
            and count(*) filter (where verdicts.verdict <> 'out_of_scope') > 0
        )

)

select * from final
