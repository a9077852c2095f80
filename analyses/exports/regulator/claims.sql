select
    claim_id,
    basis,
    statement,
    published_on,
    published_value,
    unit,
    verdict
from {{ ref('rpt_claim_verdicts') }}
