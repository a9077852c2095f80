with claims as (

    select * from {{ ref('rpt_published_claims') }}

),

doubtful as (

    select distinct claim_id
    from claims
    where verdict not in ('agrees', 'out_of_scope')

)

-- A claim that holds on one basis and not on another is shown on every basis.
select
    claims.claim_id,
    claims.basis,
    claims.statement,
    claims.comparator,
    claims.published_value,
    claims.computed_value,
    claims.unit,
    claims.verdict
from claims
inner join doubtful
    on claims.claim_id = doubtful.claim_id
order by claims.claim_id, claims.basis
