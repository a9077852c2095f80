select
    line_key,
    policy_id,
    claim_id,
    disagreement_kind,
    operator_decision,
    operator_reason,
    reason_code,
    paid_krw,
    overpaid_krw,
    underpaid_krw
from {{ ref('fct_waiver_decisions') }}
where is_current and is_disagreement
order by overpaid_krw + underpaid_krw desc, line_key asc
limit 100
