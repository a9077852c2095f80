-- Judged are the lines that terminated on a path of the policy; failed, those whose decision lists the rule.
select
    r.policy_id,
    r.rule_code,
    r.rule_order,
    count(*) as lines_judged,
    count(*) filter (list_contains(string_split(d.broken_rules, '|'), r.rule_code)) as lines_failed
from (
    select distinct policy_id, rule_code, rule_order from compensation.fct_waiver_rule_results
) as r
inner join compensation.fct_waiver_decisions as d using (policy_id)
where d.is_current and (d.line_key, d.policy_id) in (
    select (line_key, policy_id) from compensation.fct_waiver_rule_results
)
group by all
