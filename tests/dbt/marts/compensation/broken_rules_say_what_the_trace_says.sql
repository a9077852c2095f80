-- The rules a decision lists as broken are those its trace failed, as many and each of them: text
-- and trace are computed apart. And the list is empty exactly where the line is eligible.

with rule_results as (

    select * from {{ ref('fct_waiver_rule_results') }}
    {{ in_scope('line_key') }}

),

decisions as (

    select * from {{ ref('fct_waiver_decisions') }}
    {{ in_scope('line_key') }}

),

failures as (

    select
        policy_id,
        policy_version,
        line_key,
        rule_code,
        passed
    from rule_results

),

listed as (

    select
        failures.policy_id,
        failures.policy_version,
        failures.line_key,
        failures.rule_code as problem
    from failures
    left join decisions
        on
            failures.policy_id = decisions.policy_id
            and failures.policy_version = decisions.policy_version
            and failures.line_key = decisions.line_key
    where
        coalesce(
            instr('|' || decisions.broken_rules || '|', '|' || failures.rule_code || '|') > 0, false
        ) = failures.passed

),

final as (

    select policy_id, policy_version, line_key, problem
    from listed
    union all
    select policy_id, policy_version, line_key, 'empty' as problem
    from decisions
    where is_eligible != (broken_rules = '')

)

select * from final
