-- Grain: one row per (claim_id, basis) of the claims about exposed users and unauthorised payments.
-- computed_value is what the deliveries hold, not yet scaled by the sample rate.
-- Counts that were restated are taken as they were confirmed by the day of publication.

with readings as (

    select * from {{ ref('int_claim_readings') }}

),

exposed_identifiers as (

    select * from {{ ref('stg_operator__exposed_identifiers') }}

),

unauthorised_payments as (

    select * from {{ ref('int_unauthorised_payments') }}

),

fx_rates as (

    select * from {{ ref('ref_fx_rates') }}

),

exposures_measured as (

    select
        readings.claim_id,
        readings.basis,
        count(distinct exposed_identifiers.line_key) as computed_value,
        cast(null as string) as missing_reason
    from readings
    left join exposed_identifiers
        on
            exposed_identifiers.confirmed_on
            <= coalesce(readings.period_to, readings.published_on)
            and (
                readings.metric_argument is null
                or readings.metric_argument = exposed_identifiers.element
            )
    where readings.metric_family = 'exposed_users'
    group by 1, 2

),

payment_readings as (

    select
        readings.claim_id,
        readings.basis,
        readings.metric_family,
        count(distinct unauthorised_payments.line_key) as users,
        count(unauthorised_payments.payment_id) as cases,
        coalesce(sum(unauthorised_payments.amount_krw), 0) as amount_krw
    from readings
    left join unauthorised_payments
        on
            unauthorised_payments.is_confirmed
            and unauthorised_payments.confirmed_on <= readings.knowledge_on
            -- The days of a converted amount are the days of its rate, not of the payments.
            and (
                readings.metric_family = 'unauthorised_payment_usd'
                or unauthorised_payments.paid_on
                between coalesce(readings.period_from, unauthorised_payments.paid_on)
                and coalesce(readings.period_to, unauthorised_payments.paid_on)
            )
    where
        readings.metric_family in (
            'unauthorised_payment_users',
            'unauthorised_payment_cases',
            'unauthorised_payment_krw',
            'unauthorised_payment_usd'
        )
    group by 1, 2, 3

),

payments_measured as (

    select
        payment_readings.claim_id,
        payment_readings.basis,
        case payment_readings.metric_family
            when 'unauthorised_payment_users' then payment_readings.users
            when 'unauthorised_payment_cases' then payment_readings.cases
            when 'unauthorised_payment_krw' then payment_readings.amount_krw
            else round(payment_readings.amount_krw / fx_rates.krw_per_unit, 2)
        end as computed_value,
        case
            when
                payment_readings.metric_family = 'unauthorised_payment_usd'
                and fx_rates.rate_id is null
                then 'No exchange rate belongs to the claim'
        end as missing_reason
    from payment_readings
    left join fx_rates
        on payment_readings.claim_id = fx_rates.claim_id

),

measured as (

    select claim_id, basis, computed_value, missing_reason
    from exposures_measured
    union all
    select claim_id, basis, computed_value, missing_reason
    from payments_measured

),

final as (

    select
        claim_id,
        basis,
        case when missing_reason is null then cast(computed_value as decimal(24, 6)) end
            as computed_value,
        cast(null as string) as computed_text,
        true as is_extensive,
        cast(1 as decimal(24, 6)) as sampling_allowance,
        missing_reason
    from measured

)

select * from final
