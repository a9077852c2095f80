{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'refund_payments'}) }}

with

delivered as (
    {{ delivered_rows('refund_payments') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

claims as (
    select * from {{ ref('stg_operator__waiver_claims') }}
    {{ in_scope('line_key') }}
),

bill_items as (
    select * from {{ ref('stg_operator__bill_items') }}
    {{ in_scope('line_key') }}
),

charges as (
    select
        line_key,
        sum(amount_krw) as charged_krw
    from bill_items
    group by line_key
),

-- What can a refund of the claim come to at most? All that the bills known so far charged its line.
claims_charged as (
    select
        claims.claim_id,
        coalesce(charges.charged_krw, 0) as charged_krw
    from claims
    left join charges on claims.line_key = charges.line_key
),

resolved as (
    select
        {{ delivered_columns('refund_payments', 'delivered') }}
        claims_charged.claim_id is null as is_claim_unknown,
        claims_charged.charged_krw
    from delivered
    left join claims_charged on delivered.claim_id = claims_charged.claim_id
),

checked_alone as (
    select
        {{ delivered_columns('refund_payments', 'resolved') }}
        {{ as_text('status') }} = 'paid' as is_paid,
        {{ first_reason({
            'missing_key': absent(['refund_id', 'claim_id']),
            'invalid_date': unreadable_dates(['paid_on']) + absent(['paid_on']),
            'impossible_date': not_yet_happened(['paid_on']),
            'negative_amount': negative(['amount_krw']),
            'invalid_amount': unreadable_numbers(['amount_krw']) + absent(['amount_krw']),
            'unknown_code': not_in_code_list({'status': 'refund_status'}) + absent(['status']),
            'orphan_parent': ['is_claim_unknown'],
            'above_charge': [
                '(' ~ as_text('status') ~ " = 'paid' and "
                ~ as_whole_number('amount_krw') ~ ' > charged_krw)'
            ],
        }) }} as reason_alone
    from resolved
),

claims_with_several as (
    select claim_id
    from checked_alone
    where reason_alone is null
    group by claim_id
    having min(refund_id) < max(refund_id)
),

refunds_in_question as (
    select distinct checked_alone.refund_id
    from checked_alone
    inner join claims_with_several on checked_alone.claim_id = claims_with_several.claim_id
    where checked_alone.reason_alone is null
),

-- What does the newest version of each of these refunds say? Only few refunds share their claim, so
-- the window runs over few rows.
versions_in_question as (
    select
        checked_alone.refund_id,
        checked_alone.claim_id,
        {{ as_date('checked_alone.paid_on') }} as paid_on,
        checked_alone.is_paid,
        row_number() over (
            partition by checked_alone.refund_id
            order by
                checked_alone.delivered_on desc nulls last,
                checked_alone.source_file desc nulls last,
                checked_alone.source_row desc nulls last
        ) as versions_from_newest
    from checked_alone
    inner join refunds_in_question on checked_alone.refund_id = refunds_in_question.refund_id
    where checked_alone.reason_alone is null
),

payments_numbered as (
    select
        refund_id,
        row_number() over (
            partition by claim_id
            order by paid_on asc nulls last, refund_id asc nulls last
        ) as payment_number
    from versions_in_question
    where
        versions_from_newest = 1
        and is_paid
),

-- Which refunds stand as paid although an earlier refund of their claim does? One that came back
-- from the bank does not stand, so that its re-payment is right.
second_payments as (
    select refund_id
    from payments_numbered
    where payment_number > 1
),

checked as (
    select
        {{ delivered_columns('refund_payments', 'checked_alone') }}
        case
            when checked_alone.reason_alone is not null then checked_alone.reason_alone
            when checked_alone.is_paid and second_payments.refund_id is not null
                then 'second_payment'
        end as reason_code
    from checked_alone
    left join second_payments on checked_alone.refund_id = second_payments.refund_id
),

{{ row_exceptions('refund_payments') }}

select * from final
