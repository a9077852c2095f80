-- A version without a path, a rule or a covered item would reject, accept or refund everything in
-- silence.

with policies as (

    select * from {{ ref('ref_policies') }}

),

policy_paths as (

    select * from {{ ref('ref_policy_paths') }}

),

policy_rules as (

    select * from {{ ref('ref_policy_rules') }}

),

covered_items as (

    select * from {{ ref('ref_policy_covered_items') }}

),

parts as (

    select distinct policy_id, policy_version, 'path' as part
    from policy_paths
    union all
    select distinct policy_id, policy_version, 'rule terminated_in_window' as part
    from policy_rules
    where rule_code = 'terminated_in_window'
    union all
    select distinct policy_id, policy_version, 'covered item' as part
    from covered_items
    union all
    select distinct policy_id, policy_version, 'rule' as part
    from policy_rules

),

parts_needed as (

    select distinct part from parts

),

final as (

    select
        'policy ' || policies.policy_id || ' ' || policies.policy_version || ' has no '
        || parts_needed.part as problem
    from policies
    cross join parts_needed
    left join parts
        on
            policies.policy_id = parts.policy_id
            and policies.policy_version = parts.policy_version
            and parts_needed.part = parts.part
    where parts.part is null
    union all
    select
        'policy ' || parts.policy_id || ' ' || parts.policy_version || ' has a '
        || parts.part || ' but is not in ref_policies' as problem
    from parts
    left join policies
        on
            parts.policy_id = policies.policy_id
            and parts.policy_version = policies.policy_version
    where policies.policy_id is null

)

select * from final
