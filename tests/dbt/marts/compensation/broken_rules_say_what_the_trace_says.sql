-- The rules a decision lists as broken are those its trace failed, as many and each of them: text
-- and trace are computed apart. And the list is empty exactly where the line is eligible: that no
-- rule failed there is what the_trace_explains_every_traced_decision says. Traces are of current
-- versions, so that the decisions of others are not looked through for them.

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
        rule_code
    from rule_results
    where not passed

),

current_decisions as (

    select policy_id, policy_version, line_key, broken_rules
    from decisions
    where is_current

),

listed as (

    select
        failures.policy_id,
        failures.policy_version,
        failures.line_key,
        count(*) as failed,
        sum(
            case
                when
                    instr(
                        '|' || current_decisions.broken_rules || '|',
                        '|' || failures.rule_code || '|'
                    ) > 0
                    then 1
                else 0
            end
        ) as failed_and_listed,
        max(
            length(current_decisions.broken_rules)
            - length(replace(current_decisions.broken_rules, '|', ''))
        ) + 1 as listed_rules
    from failures
    left join current_decisions
        on
            failures.policy_id = current_decisions.policy_id
            and failures.policy_version = current_decisions.policy_version
            and failures.line_key = current_decisions.line_key
    group by 1, 2, 3

),

final as (

    select policy_id, policy_version, line_key, 'listed' as problem
    from listed
    where
        failed != failed_and_listed
        or failed is distinct from listed_rules
    union all
    select policy_id, policy_version, line_key, 'empty' as problem
    from decisions
    where is_eligible != (broken_rules = '')

)

select * from final
