-- Over- and underpayment are stated by the current version only, and a draft or a reading that
-- never bound anybody is never current.

with decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

policies as (

    select * from {{ ref('ref_policies') }}

),

amounts_that_cannot_be as (

    select policy_id, policy_version, line_key
    from decisions
    where
        (not is_current and (overpaid_krw != 0 or underpaid_krw != 0))
        or (overpaid_krw > 0 and underpaid_krw > 0)
        or overpaid_krw > paid_krw
        or underpaid_krw > payable_krw

),

-- What a decision says by itself is asked before it is held against its policy: joined all at
-- once, every decision would be.
final as (

    select
        decisions.policy_id,
        decisions.policy_version,
        decisions.line_key
    from decisions
    inner join policies
        on
            decisions.policy_id = policies.policy_id
            and decisions.policy_version = policies.policy_version
    where
        decisions.is_current
        and not policies.is_binding
    union
    select policy_id, policy_version, line_key
    from amounts_that_cannot_be

)

select * from final
