-- Grain: one row per line that claims, under the one policy it claims under.
-- Claims carry no policy: a line that chose the waiver of the confirmed victims claims under their
-- policy, any other line under the policy whose claims are filed. Of several claims the one to the
-- own account counts, then the first: a claim to a wrong account can be put right by a second one.

{{ config(materialized='keyed', unique_key='line_key') }}

with waiver_claims as (

    select * from {{ ref('stg_operator__waiver_claims') }}
    {{ in_scope('line_key') }}

),

refund_payments as (

    select * from {{ ref('stg_operator__refund_payments') }}
    {{ in_scope('refund_id', 'refund_payments') }}

),

victims as (

    select * from {{ ref('int_incident_victims') }}
    {{ in_scope('line_key') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

policies as (

    select
        policy_id,
        min(programme_id) as programme_id,
        min(incident_id) as incident_id,
        min(claim_source) as claim_source
    from versions
    group by 1

),

choices as (

    select
        victims.line_key,
        policies.policy_id,
        policies.programme_id,
        victims.chosen_on
    from victims
    inner join policies
        on
            policies.claim_source = 'benefit_choices'
            and victims.incident_id = policies.incident_id
    where victims.choice = 'waiver'

),

claims_ranked as (

    select
        line_key,
        claim_id,
        claimed_at,
        payee_is_owner,
        obstacle_ended_on,
        operator_decision,
        operator_reason,
        row_number() over (
            partition by line_key
            order by
                payee_is_owner desc nulls last,
                claimed_at asc nulls last,
                claim_id asc nulls last
        ) as preference
    from waiver_claims

),

paid_by_line as (

    select
        waiver_claims.line_key,
        sum(refund_payments.amount_krw) as paid_krw
    from refund_payments
    inner join waiver_claims
        on refund_payments.claim_id = waiver_claims.claim_id
    where refund_payments.status = 'paid'
    group by 1

),

claiming_lines as (

    select line_key from claims_ranked
    union
    select line_key from choices

),

final as (

    select
        coalesce(choices.policy_id, policies.policy_id) as policy_id,
        coalesce(choices.programme_id, policies.programme_id) as programme_id,
        claiming_lines.line_key,
        claims_ranked.claim_id,
        coalesce(cast(choices.chosen_on as timestamp), claims_ranked.claimed_at) as claimed_at,
        coalesce(claims_ranked.payee_is_owner, true) as payee_is_owner,
        claims_ranked.obstacle_ended_on,
        claims_ranked.operator_decision,
        claims_ranked.operator_reason,
        cast(coalesce(paid_by_line.paid_krw, 0) as bigint) as paid_krw
    from claiming_lines
    left join choices
        on claiming_lines.line_key = choices.line_key
    left join claims_ranked
        on
            claiming_lines.line_key = claims_ranked.line_key
            and claims_ranked.preference = 1
    left join policies
        on
            policies.claim_source = 'waiver_claims'
            and choices.line_key is null
    left join paid_by_line
        on claiming_lines.line_key = paid_by_line.line_key
    where coalesce(choices.policy_id, policies.policy_id) is not null

)

select * from final
