select
    commitment_item_id,
    category,
    pledge,
    owner,
    pledged_on,
    due,
    status,
    plan_year,
    planned_krw,
    actual_krw,
    target_share,
    measured_share,
    source_claim
from {{ ref('fct_commitments') }}
