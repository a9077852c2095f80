with claims as (

    select * from {{ ref('rpt_published_claims') }}

)

select
    claim_id,
    verdict,
    statement,
    basis,
    published_on,
    comparator,
    published_text,
    unit,
    scaled_value as found_value,
    computed_text as found_text
from claims
order by claim_id, basis
