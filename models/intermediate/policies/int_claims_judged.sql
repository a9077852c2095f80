-- Grain: one row per (policy version known at the as-of date, line that claims under the policy).
-- In which state is a claim by the deadlines of each version?

{{ config(materialized='keyed', unique_key='line_key') }}

with claims as (

    select * from {{ ref('int_policy_claims') }}
    {{ in_scope('line_key') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

final as (

    select
        versions.policy_id,
        versions.policy_version,
        claims.line_key,
        claims.claim_id,
        claims.claimed_at,
        claims.operator_decision,
        claims.operator_reason,
        claims.paid_krw,
        {{ claim_status('claims', 'versions') }} as claim_status
    from claims
    inner join versions
        on claims.policy_id = versions.policy_id

)

select * from final
