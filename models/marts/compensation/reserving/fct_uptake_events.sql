-- Grain: one row per (programme, day of entitlement, kind of event, day of the event).
-- What cohorts were entitled to and what they took up of it, counted and in won: the one feed of
-- every development triangle. Both add up over days. Amounts are those of the newest version known.

with decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

unauthorised_payments as (

    select * from {{ ref('int_unauthorised_payments') }}

),

victims as (

    select * from {{ ref('int_incident_victims') }}

),

utilisation as (

    select * from {{ ref('fct_benefit_utilisation') }}

),

redemptions as (

    select * from {{ ref('stg_operator__benefit_redemptions') }}

),

bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

policies as (

    select
        policy_id,
        min(known_from) filter (where is_binding) as bound_from,
        max(programme_id) filter (where is_current) as programme_id
    from versions
    group by 1

),

-- Who could claim since when, and when was it claimed? A line that left before the policy bound
-- anybody is entitled from the day it did.
entitlements as (

    select
        policies.programme_id,
        greatest(decisions.terminated_on, policies.bound_from) as entitled_on,
        decisions.collected_covered_krw as entitled_krw,
        case when decisions.payable_krw > 0 then cast(decisions.claimed_at as date) end
            as taken_on,
        decisions.payable_krw as taken_krw
    from decisions
    inner join policies
        on decisions.policy_id = policies.policy_id
    where
        decisions.is_current
        and decisions.is_eligible
        and decisions.collected_covered_krw > 0
    union all
    select
        bases.programme_id,
        unauthorised_payments.confirmed_on as entitled_on,
        unauthorised_payments.amount_krw as entitled_krw,
        unauthorised_payments.refunded_on as taken_on,
        unauthorised_payments.refunded_krw as taken_krw
    from unauthorised_payments
    inner join bases
        on
            bases.kind = 'loss_refund'
            and unauthorised_payments.incident_id = bases.incident_id
    where unauthorised_payments.is_confirmed
    union all
    select
        bases.programme_id,
        greatest(victims.confirmed_on, bases.announced_on) as entitled_on,
        bases.quantity_per_unit as entitled_krw,
        case when victims.choice = 'discount' then victims.chosen_on end as taken_on,
        bases.quantity_per_unit as taken_krw
    from victims
    inner join bases
        on
            bases.kind = 'bill_discount'
            and victims.incident_id = bases.incident_id
    where {{ is_confirmed_victim('victims', 'bases.victim_signs') }}

),

partner_months as (

    select distinct
        utilisation.programme_id,
        utilisation.benefit_month
    from utilisation
    inner join bases
        on utilisation.programme_id = bases.programme_id
    where bases.kind = 'partner_discount'

),

events as (

    select
        programme_id,
        entitled_on as cohort_on,
        'entitled' as event_kind,
        entitled_on as event_on,
        1 as holders,
        entitled_krw as krw
    from entitlements
    union all
    select
        programme_id,
        entitled_on as cohort_on,
        'taken' as event_kind,
        greatest(taken_on, entitled_on) as event_on,
        1 as holders,
        taken_krw as krw
    from entitlements
    where taken_on is not null
    union all
    select
        partner_months.programme_id,
        partner_months.benefit_month as cohort_on,
        'taken' as event_kind,
        redemptions.redeemed_on as event_on,
        1 as holders,
        redemptions.carrier_share_krw as krw
    from redemptions
    inner join partner_months
        on cast(date_trunc('month', redemptions.redeemed_on) as date) = partner_months.benefit_month
    union all
    select
        utilisation.programme_id,
        utilisation.benefit_month as cohort_on,
        'taken' as event_kind,
        utilisation.benefit_month as event_on,
        1 as holders,
        utilisation.cost_krw as krw
    from utilisation
    inner join bases
        on utilisation.programme_id = bases.programme_id
    where
        bases.kind not in ('bill_discount', 'partner_discount')
        and utilisation.used > 0

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(cohort_on as date) as cohort_on,
        cast(event_kind as string) as event_kind,
        cast(event_on as date) as event_on,
        cast(sum(holders) as bigint) as holder_count,
        cast(sum(krw) as bigint) as amount_krw
    from events
    group by 1, 2, 3, 4

)

select * from final
