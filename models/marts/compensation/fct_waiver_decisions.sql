-- Grain: one row per (policy version known at the as-of date, line whose service has ended).
-- Every version decides on every line, so amounts add up within one version only: filter on
-- is_current for what is owed today. Paid amounts are those of the policy, repeated in each of its
-- versions.

{{ config(materialized='keyed', unique_key='line_key') }}

with lines as (

    select * from {{ ref('int_terminated_lines_profiled') }}
    {{ in_scope('line_key') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

paths as (

    select * from {{ ref('int_policy_path_days') }}

),

victims as (

    select * from {{ ref('int_incident_victims') }}

),

claims_judged as (

    select * from {{ ref('int_claims_judged') }}
    {{ in_scope('line_key') }}

),

policy_rules as (

    select * from {{ ref('ref_policy_rules') }}

),

-- Which is the first rule of the version that the line breaks? Rules stand side by side as
-- columns: the cross of decision and rule is never laid out.
decisions as (

    select
        versions.policy_id,
        versions.policy_version,
        versions.is_current,
        lines.line_key,
        lines.terminated_on,
        paths.path,
        {{ first_broken_rule_order() }} as first_broken_order,
        {{ broken_rule_codes() }} as broken_rules,
        {{ covered_amount('charged') }} as charged_covered_krw,
        {{ covered_amount('collected') }} as collected_covered_krw,
        {{ covered_amount('recomputed') }} as recomputed_covered_krw
    from lines
    cross join versions
    left join paths
        on
            versions.policy_id = paths.policy_id
            and versions.policy_version = paths.policy_version
            and lines.terminated_on = paths.terminated_on
    left join victims
        on
            versions.incident_id = victims.incident_id
            and lines.line_key = victims.line_key

),

decisions_with_claims as (

    select
        decisions.policy_id,
        decisions.policy_version,
        decisions.is_current,
        decisions.line_key,
        decisions.terminated_on,
        decisions.path,
        decisions.first_broken_order,
        decisions.broken_rules,
        coalesce(policy_rules.reason_code, 'eligible') as reason_code,
        decisions.charged_covered_krw,
        decisions.collected_covered_krw,
        decisions.recomputed_covered_krw,
        coalesce(claims_judged.claim_status, 'not_claimed') as claim_status,
        claims_judged.claim_id,
        claims_judged.claimed_at,
        decisions.first_broken_order is null
        and coalesce(claims_judged.claim_status in ('in_time', 'excused_by_obstacle'), false)
            as is_payable,
        claims_judged.operator_decision,
        claims_judged.operator_reason,
        coalesce(claims_judged.paid_krw, 0) as paid_krw
    from decisions
    left join policy_rules
        on
            decisions.policy_id = policy_rules.policy_id
            and decisions.policy_version = policy_rules.policy_version
            and decisions.first_broken_order = policy_rules.rule_order
    left join claims_judged
        on
            decisions.policy_id = claims_judged.policy_id
            and decisions.policy_version = claims_judged.policy_version
            and decisions.line_key = claims_judged.line_key

),

-- Where does the operator part from the current version, in its decision or in the amount?
decisions_compared as (

    select
        policy_id,
        policy_version,
        is_current,
        line_key,
        terminated_on,
        path,
        first_broken_order,
        broken_rules,
        reason_code,
        charged_covered_krw,
        collected_covered_krw,
        recomputed_covered_krw,
        claim_status,
        claim_id,
        claimed_at,
        is_payable,
        operator_decision,
        operator_reason,
        paid_krw,
        case when is_payable then collected_covered_krw else 0 end as payable_krw,
        case
            when not is_current or claim_status = 'not_claimed' then 'none'
            when operator_decision = 'accepted' and not is_payable then 'wrongly_accepted'
            when operator_decision = 'rejected' and is_payable then 'wrongly_rejected'
            when not is_payable and paid_krw > 0 then 'paid_too_much'
            when is_payable and paid_krw > collected_covered_krw then 'paid_too_much'
            when
                is_payable
                and operator_decision = 'accepted'
                and paid_krw > 0
                and paid_krw < collected_covered_krw
                then 'paid_too_little'
            else 'none'
        end as disagreement_kind
    from decisions_with_claims

),

final as (

    select
        cast(policy_id as string) as policy_id,
        cast(policy_version as string) as policy_version,
        cast(is_current as boolean) as is_current,
        cast(line_key as bigint) as line_key,
        cast(terminated_on as date) as terminated_on,
        cast(path as string) as path,
        cast(first_broken_order is null as boolean) as is_eligible,
        cast(reason_code as string) as reason_code,
        cast(first_broken_order as bigint) as rejected_by_rule_order,
        cast(broken_rules as string) as broken_rules,
        cast(charged_covered_krw as bigint) as covered_krw,
        cast(collected_covered_krw as bigint) as collected_covered_krw,
        cast(recomputed_covered_krw as bigint) as recomputed_covered_krw,
        cast(claim_status as string) as claim_status,
        cast(claim_id as string) as claim_id,
        cast(claimed_at as timestamp) as claimed_at,
        cast(is_payable as boolean) as is_payable,
        cast(payable_krw as bigint) as payable_krw,
        cast(paid_krw as bigint) as paid_krw,
        cast(operator_decision as string) as operator_decision,
        cast(operator_reason as string) as operator_reason,
        cast(disagreement_kind in ('wrongly_accepted', 'wrongly_rejected') as boolean)
            as is_disagreement,
        cast(disagreement_kind as string) as disagreement_kind,
        cast(case when is_current then greatest(paid_krw - payable_krw, 0) else 0 end as bigint)
            as overpaid_krw,
        cast(
            case
                when disagreement_kind in ('wrongly_rejected', 'paid_too_little')
                    then greatest(payable_krw - paid_krw, 0)
                else 0
            end as bigint
        ) as underpaid_krw
    from decisions_compared

)

select * from final
