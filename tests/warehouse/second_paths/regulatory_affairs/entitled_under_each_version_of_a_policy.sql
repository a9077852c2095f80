-- Entitled is who breaks no rule; terminated is every line that ended.
select
    policy_id,
    policy_version,
    (select count(*) from churn.fct_deactivations) as terminated_lines,
    count(*) filter (broken_rules = '') as eligible_lines,
    coalesce(sum(covered_krw) filter (broken_rules = ''), 0) as covered_krw
from compensation.fct_waiver_decisions
group by all
