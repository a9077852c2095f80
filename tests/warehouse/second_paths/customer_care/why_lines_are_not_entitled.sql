-- The reasons as the scenario of the policy in force counts them; the claims from the ids of claims.
select
    d.policy_id,
    d.reason_code,
    coalesce(any_value(s.lines), count(*)) as lines,
    count(d.claim_id) as lines_with_a_claim
from compensation.fct_waiver_decisions as d
left join (
    select policy_id, reason_code, sum(lines) as lines
    from compensation.rpt_policy_scenarios
    where is_reference and cost_part = 'termination_fees' and segment_kind = 'line_kind'
    group by all
) as s using (policy_id, reason_code)
where d.is_current and d.broken_rules <> ''
group by all
