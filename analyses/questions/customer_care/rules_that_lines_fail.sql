select
    policy_id,
    rule_order,
    rule_code,
    threshold,
    count(*) as lines_judged,
    cast(sum(case when passed then 0 else 1 end) as bigint) as lines_failed
from {{ ref('fct_waiver_rule_results') }}
group by policy_id, rule_order, rule_code, threshold
order by policy_id, rule_order, threshold
