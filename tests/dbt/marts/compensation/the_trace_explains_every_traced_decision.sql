-- The lowest rule failed in the trace is the one that rejected the line, and a line without a
-- failed rule is eligible: decision and trace are computed apart.

with rule_results as (

    select * from {{ ref('fct_waiver_rule_results') }}
    {{ in_scope('line_key') }}

),

decisions as (

    select * from {{ ref('fct_waiver_decisions') }}
    {{ in_scope('line_key') }}

),

traces as (

    select
        policy_id,
        policy_version,
        line_key,
        min(rule_order) filter (where not passed) as first_failed_order
    from rule_results
    group by 1, 2, 3

),

final as (

    select
        traces.policy_id,
        traces.policy_version,
        traces.line_key,
        traces.first_failed_order,
        decisions.rejected_by_rule_order,
        decisions.is_eligible
    from traces
    left join decisions
        on
            traces.policy_id = decisions.policy_id
            and traces.policy_version = decisions.policy_version
            and traces.line_key = decisions.line_key
    where
        decisions.line_key is null
        or traces.first_failed_order is distinct from decisions.rejected_by_rule_order
        or decisions.is_eligible is distinct from (traces.first_failed_order is null)

)

select * from final
