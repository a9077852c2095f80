-- Grain: one row per claim on an insurance. What the terms cover beside what was paid: won add up.
-- The insurer bears the losses; for the operator they are no cost.

with insurance_claims as (

    select * from {{ ref('stg_operator__insurance_claims') }}

),

covers as (

    select * from {{ ref('int_insurance_covers') }}

),

programmes as (

    select * from {{ ref('int_insurance_programmes') }}

),

decided as (

    select
        insurance_claims.insurance_claim_id,
        insurance_claims.enrolment_id,
        covers.programme_id,
        covers.customer_key,
        insurance_claims.loss_on,
        insurance_claims.claimed_on,
        insurance_claims.loss_krw,
        insurance_claims.paid_krw,
        insurance_claims.paid_on,
        programmes.covered_percent,
        programmes.limit_krw,
        case
            when insurance_claims.loss_on is null then 'no_day_of_loss'
            when covers.cover_from is null then 'no_cover'
            when insurance_claims.loss_on < covers.cover_from then 'loss_before_cover'
            when insurance_claims.loss_on > covers.expected_cover_to then 'loss_after_cover'
            when insurance_claims.claimed_on < insurance_claims.loss_on
                then 'claimed_before_loss'
            else 'covered'
        end as reason_code
    from insurance_claims
    inner join covers
        on insurance_claims.enrolment_id = covers.enrolment_id
    inner join programmes
        on covers.programme_id = programmes.programme_id

),

amounts as (

    select
        insurance_claim_id,
        enrolment_id,
        programme_id,
        customer_key,
        loss_on,
        claimed_on,
        loss_krw,
        paid_on,
        reason_code,
        coalesce(paid_krw, 0) as paid_krw,
        case
            when reason_code = 'covered'
                then
                    least(
                        {{ whole_won('loss_krw * covered_percent', '100') }},
                        limit_krw
                    )
            else 0
        end as covered_krw
    from decided

),

final as (

    select
        cast(insurance_claim_id as string) as insurance_claim_id,
        cast(enrolment_id as string) as enrolment_id,
        cast(programme_id as string) as programme_id,
        cast(customer_key as bigint) as customer_key,
        cast(loss_on as date) as loss_on,
        cast(claimed_on as date) as claimed_on,
        cast(loss_krw as bigint) as loss_krw,
        cast(reason_code = 'covered' as boolean) as is_covered,
        cast(reason_code as string) as reason_code,
        cast(covered_krw as bigint) as covered_krw,
        cast(paid_krw as bigint) as paid_krw,
        cast(paid_on as date) as paid_on,
        cast(paid_krw - covered_krw as bigint) as difference_krw,
        cast(
            case
                when covered_krw is null then 'no_terms'
                when reason_code != 'covered' and paid_krw > 0 then 'paid_without_cover'
                when paid_krw > covered_krw then 'overpaid'
                when paid_on is null and covered_krw > 0 then 'not_yet_paid'
                when paid_krw < covered_krw then 'underpaid'
                else 'agrees'
            end as string
        ) as finding
    from amounts

)

select * from final
