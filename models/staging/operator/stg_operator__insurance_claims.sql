with

delivered as (
    {{ delivered_rows('insurance_claims') }}
),

exceptions as (
    select * from {{ ref('stg_operator__insurance_claims_exceptions') }}
),

accepted as (
    {{ accepted_rows('insurance_claims') }}
),

final as (
    select
        accepted.insurance_claim_id,
        accepted.enrolment_id,
        {{ as_date('accepted.loss_on') }} as loss_on,
        {{ as_date('accepted.claimed_on') }} as claimed_on,
        {{ as_whole_number('accepted.loss_krw') }} as loss_krw,
        {{ as_whole_number('accepted.paid_krw') }} as paid_krw,
        {{ as_date('accepted.paid_on') }} as paid_on,
        accepted.delivered_on as loaded_on
    from accepted
)

select * from final
