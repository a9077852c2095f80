with

delivered as (
    {{ delivered_rows('insurance_claims') }}
),

enrolments as (
    select * from {{ ref('stg_operator__insurance_enrolments') }}
),

resolved as (
    select
        {{ delivered_columns('insurance_claims', 'delivered') }}
        enrolments.enrolment_id is null as is_enrolment_unknown
    from delivered
    left join enrolments on delivered.enrolment_id = enrolments.enrolment_id
),

checked as (
    select
        {{ delivered_columns('insurance_claims', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['insurance_claim_id', 'enrolment_id']),
            'invalid_date': unreadable_dates(['loss_on', 'claimed_on', 'paid_on'])
                + absent(['loss_on', 'claimed_on']),
            'impossible_date': not_yet_happened(['loss_on', 'claimed_on', 'paid_on'])
                + ends_before_it_starts('loss_on', 'claimed_on')
                + ends_before_it_starts('claimed_on', 'paid_on'),
            'negative_amount': negative(['loss_krw', 'paid_krw']),
            'invalid_amount': unreadable_numbers(['loss_krw', 'paid_krw']) + absent(['loss_krw']),
            'orphan_parent': ['is_enrolment_unknown'],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('insurance_claims') }}

select * from final
