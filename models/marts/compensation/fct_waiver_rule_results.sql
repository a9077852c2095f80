-- Grain: one row per (decision of a current policy version, rule of that version).
-- The full trace, passed and failed rules alike. It is kept for the decisions somebody can ask
-- about: the line ended inside a path of the policy (and is a confirmed victim where the policy is
-- for victims only), or somebody claimed. For other decisions the first failing rule stands in
-- fct_waiver_decisions.

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

claims as (

    select * from {{ ref('int_policy_claims') }}

),

policy_rules as (

    select * from {{ ref('ref_policy_rules') }}

),

decisions_traced as (

    select
        versions.policy_id,
        versions.policy_version,
        lines.line_key,
        {{ rule_verdicts() }}
    from lines
    inner join versions
        on versions.is_current
    left join paths
        on
            versions.policy_id = paths.policy_id
            and versions.policy_version = paths.policy_version
            and lines.terminated_on = paths.terminated_on
    left join victims
        on
            versions.incident_id = victims.incident_id
            and lines.line_key = victims.line_key
    left join claims
        on
            versions.policy_id = claims.policy_id
            and lines.line_key = claims.line_key
    where
        claims.line_key is not null
        or (
            paths.path is not null
            and (
                not versions.is_victims_only
                or victims.is_exposed
                or victims.is_payment_victim
            )
        )

),

results as (

    select
        decisions_traced.policy_id,
        decisions_traced.policy_version,
        decisions_traced.line_key,
        policy_rules.rule_order,
        policy_rules.rule_code,
        policy_rules.reason_code,
        policy_rules.threshold,
        not {{ verdict_of_rule('policy_rules.rule_code', 'decisions_traced', 'breaks') }} as passed,
        {{ verdict_of_rule('policy_rules.rule_code', 'decisions_traced', 'observed') }} as observed
    from decisions_traced
    inner join policy_rules
        on
            decisions_traced.policy_id = policy_rules.policy_id
            and decisions_traced.policy_version = policy_rules.policy_version

),

final as (

    select
        cast(policy_id as string) as policy_id,
        cast(policy_version as string) as policy_version,
        cast(line_key as bigint) as line_key,
        cast(rule_order as bigint) as rule_order,
        cast(rule_code as string) as rule_code,
        cast(passed as boolean) as passed,
        cast(observed as string) as observed,
        cast(threshold as string) as threshold,
        cast(reason_code as string) as reason_code
    from results

)

select * from final
