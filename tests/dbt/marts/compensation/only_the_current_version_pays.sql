-- Over- and underpayment are stated by the current version only, and a draft or a reading that
-- never bound anybody is never current.

with decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

policies as (

    select * from {{ ref('ref_policies') }}

),

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
        (decisions.is_current and not policies.is_binding)
        or (
            not decisions.is_current
            and (decisions.overpaid_krw != 0 or decisions.underpaid_krw != 0)
        )
        or (decisions.overpaid_krw > 0 and decisions.underpaid_krw > 0)
        or decisions.overpaid_krw > decisions.paid_krw
        or decisions.underpaid_krw > decisions.payable_krw

)

select * from final
