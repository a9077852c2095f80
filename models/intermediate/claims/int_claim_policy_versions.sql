-- Grain: one row per (claim_id, basis) of the claims about a programme.
-- Which version of which programme and policy did the public know when the claim was made? An
-- argument `victims` reads the programmes of confirmed victims.

with readings as (

    select * from {{ ref('int_claim_readings') }}

),

programmes as (

    select * from {{ ref('ref_programmes') }}

),

policies as (

    select * from {{ ref('ref_policies') }}

),

claim_metrics as (

    select * from {{ ref('ref_claim_metrics') }}

),

programme_claims as (

    select
        readings.claim_id,
        readings.basis,
        readings.knowledge_on,
        claim_metrics.programme_kind,
        coalesce(readings.metric_argument = 'victims', false) as is_about_victims
    from readings
    inner join claim_metrics
        on
            readings.metric_family = claim_metrics.metric_family
            and claim_metrics.programme_kind is not null

),

programmes_known as (

    select
        programme_claims.claim_id,
        programme_claims.basis,
        programme_claims.knowledge_on,
        programmes.programme_id,
        programmes.known_from as programme_known_from,
        row_number() over (
            partition by programme_claims.claim_id, programme_claims.basis
            order by programmes.known_from desc nulls last, programmes.programme_id asc nulls last
        ) as newest_first
    from programme_claims
    inner join programmes
        on
            programme_claims.programme_kind = programmes.kind
            and programme_claims.is_about_victims = programmes.is_victims_only
            and programme_claims.knowledge_on >= programmes.known_from

),

-- A draft is known before the programme is announced: policies are looked up by any version of it.
programme_ids as (

    select distinct
        programme_claims.claim_id,
        programme_claims.basis,
        programme_claims.knowledge_on,
        programmes.programme_id
    from programme_claims
    inner join programmes
        on
            programme_claims.programme_kind = programmes.kind
            and programme_claims.is_about_victims = programmes.is_victims_only

),

policies_known as (

    select
        programme_ids.claim_id,
        programme_ids.basis,
        policies.policy_id,
        policies.policy_version,
        row_number() over (
            partition by programme_ids.claim_id, programme_ids.basis
            order by
                policies.known_from desc nulls last,
                policies.is_binding desc nulls last,
                policies.policy_version asc nulls last
        ) as newest_first
    from programme_ids
    inner join policies
        on
            programme_ids.programme_id = policies.programme_id
            and programme_ids.knowledge_on >= policies.known_from

),

final as (

    select
        programme_claims.claim_id,
        programme_claims.basis,
        programmes_known.programme_id,
        programmes_known.programme_known_from,
        policies_known.policy_id,
        policies_known.policy_version
    from programme_claims
    left join programmes_known
        on
            programme_claims.claim_id = programmes_known.claim_id
            and programme_claims.basis = programmes_known.basis
            and programmes_known.newest_first = 1
    left join policies_known
        on
            programme_claims.claim_id = policies_known.claim_id
            and programme_claims.basis = policies_known.basis
            and policies_known.newest_first = 1

)

select * from final
