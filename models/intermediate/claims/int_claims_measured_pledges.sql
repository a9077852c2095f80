-- Grain: one row per (claim_id, basis) of the claims about pledges and the money behind them.
-- Each is measured on what was pledged by the day of publication; how far a pledge is kept stands
-- in fct_commitments.

with readings as (

    select * from {{ ref('int_claim_readings') }}

),

security_commitments as (

    select * from {{ ref('ref_security_commitments') }}

),

investment_plan as (

    select * from {{ ref('ref_investment_plan') }}

),

fx_rates as (

    select * from {{ ref('ref_fx_rates') }}

),

commitments_known as (

    select
        readings.claim_id,
        readings.basis,
        readings.metric_family,
        readings.metric_argument,
        security_commitments.commitment_id,
        security_commitments.category,
        security_commitments.target_share,
        security_commitments.investment_id,
        row_number() over (
            partition by readings.claim_id, readings.basis, security_commitments.commitment_id
            order by security_commitments.known_from desc nulls last
        ) as newest_first
    from readings
    inner join security_commitments
        on readings.knowledge_on >= security_commitments.known_from
    where
        readings.metric_family in (
            'commitment_count',
            'monitored_access_share',
            'security_investment_krw',
            'security_investment_usd'
        )

),

investments_known as (

    select
        commitments_known.claim_id,
        commitments_known.basis,
        investment_plan.planned_krw,
        row_number() over (
            partition by
                commitments_known.claim_id,
                commitments_known.basis,
                investment_plan.investment_id,
                investment_plan.year
            order by investment_plan.known_from desc nulls last
        ) as newest_first
    from readings
    inner join commitments_known
        on
            readings.claim_id = commitments_known.claim_id
            and readings.basis = commitments_known.basis
            and commitments_known.newest_first = 1
    inner join investment_plan
        on
            commitments_known.investment_id = investment_plan.investment_id
            and readings.knowledge_on >= investment_plan.known_from

),

investments_totalled as (

    select
        claim_id,
        basis,
        sum(planned_krw) as planned_krw
    from investments_known
    where newest_first = 1
    group by 1, 2

),

commitments_counted as (

    select
        claim_id,
        basis,
        count(*) filter (where category = metric_argument) as commitments,
        -- The pledge is what was claimed; how much is monitored today stands in fct_commitments.
        max(case when category = 'access_monitoring' then target_share end) as monitored_target
    from commitments_known
    where newest_first = 1
    group by 1, 2

),

commitments_measured as (

    select
        readings.claim_id,
        readings.basis,
        case readings.metric_family
            when 'commitment_count' then coalesce(commitments_counted.commitments, 0)
            when 'monitored_access_share' then commitments_counted.monitored_target
            when 'security_investment_krw' then investments_totalled.planned_krw
            else round(investments_totalled.planned_krw / fx_rates.krw_per_unit, 2)
        end as computed_value,
        cast(null as string) as computed_text
    from readings
    left join commitments_counted
        on
            readings.claim_id = commitments_counted.claim_id
            and readings.basis = commitments_counted.basis
    left join investments_totalled
        on
            readings.claim_id = investments_totalled.claim_id
            and readings.basis = investments_totalled.basis
    left join fx_rates
        on readings.claim_id = fx_rates.claim_id
    where
        readings.metric_family in (
            'commitment_count',
            'monitored_access_share',
            'security_investment_krw',
            'security_investment_usd'
        )

),

final as (

    select
        claim_id,
        basis,
        cast(computed_value as decimal(24, 6)) as computed_value,
        cast(null as string) as computed_text,
        -- Rules and pledges are whole in every sample.
        false as is_extensive,
        cast(0 as decimal(24, 6)) as sampling_allowance,
        case
            when computed_value is null
                then 'No pledge, plan or rate known on the day of publication states it'
        end as missing_reason
    from commitments_measured

)

select * from final
