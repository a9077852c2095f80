-- Grain: one row per (line that claims, change point) at which a claim was known: the claim that
-- counted by what was known then.

{{ config(materialized='keyed', unique_key='line_key') }}

with change_points as (

    select * from {{ ref('int_refund_change_points') }}
    {{ in_scope('line_key') }}

),

claim_versions as (

    select * from {{ ref('stg_operator__waiver_claim_versions') }}
    {{ in_scope('line_key') }}

),

benefit_choices as (

    select * from {{ ref('stg_operator__benefit_choices') }}
    {{ in_scope('line_key') }}

),

binding_versions as (

    select * from {{ ref('int_binding_versions') }}

),

version_spans as (

    select
        claim_id,
        line_key,
        claimed_at,
        payee_is_owner,
        obstacle_ended_on,
        known_from,
        lead(known_from) over (
            partition by claim_id
            order by known_from asc nulls last
        ) as known_until
    from claim_versions

),

claims_ranked as (

    select
        change_points.policy_id,
        change_points.line_key,
        change_points.known_from,
        version_spans.claim_id,
        version_spans.claimed_at,
        version_spans.payee_is_owner,
        version_spans.obstacle_ended_on,
        row_number() over (
            partition by change_points.line_key, change_points.known_from
            order by
                version_spans.payee_is_owner desc nulls last,
                version_spans.claimed_at asc nulls last,
                version_spans.claim_id asc nulls last
        ) as preference
    from change_points
    inner join version_spans
        on
            change_points.line_key = version_spans.line_key
            and change_points.known_from >= version_spans.known_from
            and (
                change_points.known_from < version_spans.known_until
                or version_spans.known_until is null
            )

),

-- Lines whose claim is their choice of benefit, from the day on which the choice was delivered.
choices as (

    select
        change_points.policy_id,
        change_points.line_key,
        change_points.known_from,
        benefit_choices.chosen_on
    from change_points
    inner join binding_versions
        on
            change_points.policy_id = binding_versions.policy_id
            and binding_versions.claim_source = 'benefit_choices'
            and binding_versions.replaced_on is null
    inner join benefit_choices
        on
            change_points.line_key = benefit_choices.line_key
            and binding_versions.incident_id = benefit_choices.incident_id
            and change_points.known_from >= benefit_choices.loaded_on
    where benefit_choices.choice = 'waiver'

),

final as (

    select
        change_points.policy_id,
        change_points.line_key,
        change_points.known_from,
        change_points.is_lapse,
        claims_ranked.claim_id,
        coalesce(cast(choices.chosen_on as timestamp), claims_ranked.claimed_at) as claimed_at,
        coalesce(claims_ranked.payee_is_owner, true) as payee_is_owner,
        claims_ranked.obstacle_ended_on
    from change_points
    left join claims_ranked
        on
            change_points.line_key = claims_ranked.line_key
            and change_points.known_from = claims_ranked.known_from
            and claims_ranked.preference = 1
    left join choices
        on
            change_points.line_key = choices.line_key
            and change_points.known_from = choices.known_from
    inner join binding_versions
        on
            change_points.policy_id = binding_versions.policy_id
            and binding_versions.replaced_on is null
    where
        case
            when binding_versions.claim_source = 'benefit_choices' then choices.line_key is not null
            else claims_ranked.line_key is not null
        end

)

select * from final
