-- Grain: one row per policy version known at the as-of date.
-- The rules of a version laid out as columns, so that a decision reads one row instead of ten: for
-- each rule its place in the order (empty where the version does not have the rule) and its
-- threshold.

with policies as (

    select * from {{ ref('ref_policies') }}

),

policy_rules as (

    select * from {{ ref('ref_policy_rules') }}

),

covered_items as (

    select * from {{ ref('ref_policy_covered_items') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

known_versions as (

    select
        policies.policy_id,
        policies.policy_version,
        policies.known_from,
        policies.programme_id,
        policies.status,
        policies.is_binding,
        policies.claim_source,
        policies.claim_opens_at,
        policies.claim_closes_at,
        policies.obstacle_days
    from policies
    cross join delivery_facts
    where policies.known_from <= delivery_facts.as_of_date

),

binding_versions as (

    select
        policy_id,
        policy_version,
        row_number() over (
            partition by policy_id
            order by known_from desc nulls last, policy_version desc nulls last
        ) as recency
    from known_versions
    where is_binding

),

rules_pivoted as (

    select
        policy_id,
        policy_version,
        {{ policy_rules_as_columns() }}
    from policy_rules
    group by 1, 2

),

coverage_pivoted as (

    select
        policy_id,
        policy_version,
        {{ coverage_as_columns() }}
    from covered_items
    group by 1, 2

),

final as (

    select
        known_versions.policy_id,
        known_versions.policy_version,
        known_versions.known_from,
        known_versions.programme_id,
        known_versions.status,
        known_versions.is_binding,
        coalesce(binding_versions.recency = 1, false) as is_current,
        known_versions.claim_source,
        known_versions.claim_opens_at,
        known_versions.claim_closes_at,
        known_versions.obstacle_days,
        programmes.incident_id,
        coalesce(programmes.is_victims_only, false) as is_victims_only,
        {{ coverage_columns('coverage_pivoted') }},
        {{ policy_rule_columns('rules_pivoted') }}
    from known_versions
    left join binding_versions
        on
            known_versions.policy_id = binding_versions.policy_id
            and known_versions.policy_version = binding_versions.policy_version
    left join programmes
        on known_versions.programme_id = programmes.programme_id
    left join rules_pivoted
        on
            known_versions.policy_id = rules_pivoted.policy_id
            and known_versions.policy_version = rules_pivoted.policy_version
    left join coverage_pivoted
        on
            known_versions.policy_id = coverage_pivoted.policy_id
            and known_versions.policy_version = coverage_pivoted.policy_version

)

select * from final
