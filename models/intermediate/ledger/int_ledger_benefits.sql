{{ config(materialized='view') }}

-- Grain: one row per (kind of event, programme, month, day on which its rows became known).
-- Benefits are posted as one amount per programme, month and delivery; the lines behind it stand in
-- fct_benefit_utilisation. What was accrued is settled after the delay assumed.

with benefit_costs as (

    select * from {{ ref('int_benefit_costs') }}

),

assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

accruals as (

    select
        benefit_costs.event_kind,
        benefit_costs.programme_id,
        benefit_costs.benefit_month,
        benefit_costs.posted_on,
        benefit_costs.known_from,
        benefit_costs.amount_krw,
        case when benefit_costs.event_kind = 'benefit_breakage' then -1 else 1 end
        * benefit_costs.amount_krw as owed_krw,
        coalesce(assumptions.base, 0) as lag_months
    from benefit_costs
    left join assumptions
        on
            benefit_costs.programme_id = assumptions.programme_id
            and assumptions.parameter = 'settlement_lag_months'

),

-- A month is settled as a whole: what it owes by the day of its last posting.
settlements as (

    select
        programme_id,
        benefit_month,
        cast(
            max(posted_on) + cast(max(lag_months) as integer) * interval 1 month as date
        ) as settled_on,
        max(known_from) as known_from,
        sum(owed_krw) as amount_krw
    from accruals
    group by 1, 2

),

final as (

    select
        event_kind,
        programme_id,
        cast(null as bigint) as line_key,
        programme_id || '-' || cast(benefit_month as string) || '-' || cast(known_from as string)
            as source_id,
        cast(null as string) as policy_version,
        posted_on,
        cast(null as date) as document_on,
        known_from,
        cast(amount_krw as bigint) as amount_krw
    from accruals
    union all
    select
        'benefit_settled' as event_kind,
        settlements.programme_id,
        cast(null as bigint) as line_key,
        settlements.programme_id || '-' || cast(settlements.benefit_month as string) as source_id,
        cast(null as string) as policy_version,
        settlements.settled_on as posted_on,
        cast(null as date) as document_on,
        greatest(settlements.settled_on, settlements.known_from) as known_from,
        cast(settlements.amount_krw as bigint) as amount_krw
    from settlements
    cross join delivery_facts
    where greatest(settlements.settled_on, settlements.known_from) <= delivery_facts.as_of_date

)

select * from final
