-- The verdicts as handed out, with the measurements they were made from.
select
    v.claim_id,
    v.basis,
    v.published_value,
    m.computed_value,
    v.verdict
from reconciliation.rpt_claim_verdicts as v
inner join reconciliation.fct_claim_measurements as m using (claim_id, basis)
where exists (
    select 1 from reconciliation.rpt_claim_verdicts as other
    where other.claim_id = v.claim_id and other.verdict not in ('agrees', 'out_of_scope')
)
