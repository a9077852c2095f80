-- Grain: one row per (programme, scope of an exclusion, holder in that scope): what was taken of a
-- programme that an exclusion names, in the form in which two programmes are compared. Won do not
-- add up over scopes.

{{ config(materialized='keyed', unique_key='customer_key') }}

with exclusions as (

    select * from {{ ref('int_exclusions_known') }}

),

decisions as (

    select * from {{ ref('fct_waiver_decisions') }}
    {{ in_scope('line_key') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

benefits as (

    select * from {{ ref('fct_benefit_utilisation') }}
    {{ in_scope('line_key') }}

),

unauthorised_payments as (

    select * from {{ ref('int_unauthorised_payments') }}
    {{ in_scope('line_key') }}

),

insurance_claims as (

    select * from {{ ref('fct_insurance_claims') }}
    {{ in_scope('customer_key') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

lines as (

    select * from {{ ref('dim_lines') }}
    {{ in_scope('line_key') }}

),

scopes as (

    select programme_a as programme_id, scope from exclusions
    union
    select programme_b as programme_id, scope from exclusions

),

-- Data of more than one programme in a month: the only grants that two can be compared of.
data_shared as (

    select line_key, benefit_month
    from benefits
    where unit = 'gb'
    group by 1, 2
    having count(*) > 1

),

-- A waiver is taken when it was paid, or promised: accepted, or owed by a choice that needs no
-- decision.
line_takings as (

    select
        versions.programme_id,
        decisions.line_key,
        cast(null as date) as taken_month,
        cast(null as date) as loss_on,
        coalesce(nullif(decisions.paid_krw, 0), decisions.collected_covered_krw) as taken_krw,
        cast(null as bigint) as loss_krw
    from decisions
    inner join versions
        on
            decisions.policy_id = versions.policy_id
            and decisions.policy_version = versions.policy_version
    where
        decisions.is_current
        and (
            decisions.paid_krw > 0
            or decisions.operator_decision = 'accepted'
            or (decisions.operator_decision is null and decisions.is_payable)
        )
    union all
    select
        programme_id,
        line_key,
        cast(null as date) as taken_month,
        cast(null as date) as loss_on,
        cost_krw as taken_krw,
        cast(null as bigint) as loss_krw
    from benefits
    where unit = 'discount'
    union all
    select
        benefits.programme_id,
        benefits.line_key,
        benefits.benefit_month as taken_month,
        cast(null as date) as loss_on,
        benefits.cost_krw as taken_krw,
        cast(null as bigint) as loss_krw
    from benefits
    inner join data_shared
        on
            benefits.line_key = data_shared.line_key
            and benefits.benefit_month = data_shared.benefit_month
    where benefits.unit = 'gb'
    union all
    select
        programmes.programme_id,
        unauthorised_payments.line_key,
        cast(null as date) as taken_month,
        unauthorised_payments.paid_on as loss_on,
        unauthorised_payments.refunded_krw as taken_krw,
        unauthorised_payments.amount_krw as loss_krw
    from unauthorised_payments
    inner join programmes
        on
            programmes.kind = 'loss_refund'
            and unauthorised_payments.incident_id = programmes.incident_id
    where unauthorised_payments.refunded_krw > 0

),

takings as (

    select
        line_takings.programme_id,
        line_takings.line_key,
        lines.customer_key,
        line_takings.taken_month,
        line_takings.loss_on,
        line_takings.taken_krw,
        line_takings.loss_krw
    from line_takings
    left join lines
        on line_takings.line_key = lines.line_key
    union all
    select
        programme_id,
        cast(null as bigint) as line_key,
        customer_key,
        cast(null as date) as taken_month,
        loss_on,
        paid_krw as taken_krw,
        loss_krw
    from insurance_claims
    where paid_krw > 0

),

final as (

    select
        cast(takings.programme_id as string) as programme_id,
        cast(scopes.scope as string) as scope,
        cast(
            case scopes.scope
                when 'line_month'
                    then
                        cast(takings.line_key as string)
                        || '|' || cast(takings.taken_month as string)
                when 'customer' then cast(takings.customer_key as string)
                when 'loss'
                    then
                        cast(takings.customer_key as string)
                        || '|' || cast(takings.loss_on as string)
                else cast(takings.line_key as string)
            end as string
        ) as holder_id,
        cast(max(takings.line_key) as bigint) as line_key,
        cast(max(takings.customer_key) as bigint) as customer_key,
        cast(sum(takings.taken_krw) as bigint) as taken_krw,
        cast(sum(takings.loss_krw) as bigint) as loss_krw
    from takings
    inner join scopes
        on takings.programme_id = scopes.programme_id
    where
        (scopes.scope = 'loss') = (takings.loss_on is not null)
        and (scopes.scope = 'line_month') = (takings.taken_month is not null)
    group by 1, 2, 3

)

select * from final
