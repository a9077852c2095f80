-- A decision somebody can ask about has its trace: eligible or claimed under a current version.

with rule_results as (

    select * from {{ ref('fct_waiver_rule_results') }}
    {{ in_scope('line_key') }}

),

decisions as (

    select * from {{ ref('fct_waiver_decisions') }}
    {{ in_scope('line_key') }}

),

traced_lines as (

    select distinct policy_id, line_key from rule_results

),

final as (

    select decisions.policy_id, decisions.line_key
    from decisions
    left join traced_lines
        on
            decisions.policy_id = traced_lines.policy_id
            and decisions.line_key = traced_lines.line_key
    where
        decisions.is_current
        and (decisions.is_eligible or decisions.claim_status != 'not_claimed')
        and traced_lines.line_key is null

)

select * from final
