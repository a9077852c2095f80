with claims as (

    select * from {{ ref('rpt_published_claims') }}

)

select
    claim_id,
    basis,
    statement,
    published_on,
    comparator,
    published_text,
    unit,
    coalesce(computed_text, cast(scaled_value as string)) as found_text,
    verdict
from claims
order by claim_id, basis
