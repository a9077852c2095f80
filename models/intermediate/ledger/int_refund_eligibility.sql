-- Grain: one row per (binding policy version, line that claims under the policy).
-- The same rules as the decisions, for the few lines that money can be owed to.

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
    {{ in_scope('line_key') }}

),

policy_claims as (

    select * from {{ ref('int_policy_claims') }}
    {{ in_scope('line_key') }}

),

final as (

    select
        versions.policy_id,
        versions.policy_version,
        lines.line_key,
        {{ first_broken_rule_order() }} is null as is_eligible
    from policy_claims
    inner join lines
        on policy_claims.line_key = lines.line_key
    inner join versions
        on
            policy_claims.policy_id = versions.policy_id
            and versions.is_binding
    left join paths
        on
            versions.policy_id = paths.policy_id
            and versions.policy_version = paths.policy_version
            and lines.terminated_on = paths.terminated_on
    left join victims
        on
            versions.incident_id = victims.incident_id
            and lines.line_key = victims.line_key

)

select * from final
