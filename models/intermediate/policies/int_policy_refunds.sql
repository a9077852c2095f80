-- Grain: one row per refund payment known at the as-of date, under the policy its line claims
-- under.

{{ config(materialized='keyed', unique_key='line_key') }}

with waiver_claims as (

    select * from {{ ref('stg_operator__waiver_claims') }}
    {{ in_scope('line_key') }}

),

refund_payments as (

    select * from {{ ref('stg_operator__refund_payments') }}
    {{ in_scope('refund_id', 'refund_payments') }}

),

policy_claims as (

    select * from {{ ref('int_policy_claims') }}
    {{ in_scope('line_key') }}

),

final as (

    select
        refund_payments.refund_id,
        policy_claims.policy_id,
        policy_claims.programme_id,
        waiver_claims.line_key,
        waiver_claims.claim_id,
        refund_payments.paid_on,
        refund_payments.status,
        refund_payments.amount_krw
    from refund_payments
    inner join waiver_claims
        on refund_payments.claim_id = waiver_claims.claim_id
    inner join policy_claims
        on waiver_claims.line_key = policy_claims.line_key

)

select * from final
