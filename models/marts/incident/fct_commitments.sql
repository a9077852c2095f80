-- Grain: one row per pledge, and one per year of a pledge that has an investment plan.
-- planned_krw and actual_krw are additive: the plan stands in its years and nowhere else.

with commitments as (

    select * from {{ ref('ref_security_commitments') }}

),

investment_plan as (

    select * from {{ ref('ref_investment_plan') }}

),

access_monitoring as (

    select * from {{ ref('rpt_access_monitoring_daily') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

commitment_versions as (

    select
        commitments.commitment_id,
        commitments.known_from,
        commitments.category,
        commitments.pledge,
        commitments.owner,
        commitments.pledged_on,
        commitments.due,
        commitments.status,
        commitments.target_share,
        commitments.investment_id,
        commitments.planned_krw,
        commitments.actual_krw,
        commitments.source_claim,
        delivery_facts.as_of_date,
        row_number() over (
            partition by commitments.commitment_id
            order by commitments.known_from desc nulls last
        ) as newest_first
    from commitments
    inner join delivery_facts
        on commitments.known_from <= delivery_facts.as_of_date

),

plan_versions as (

    select
        investment_plan.investment_id,
        investment_plan.year,
        investment_plan.planned_krw,
        investment_plan.actual_krw,
        row_number() over (
            partition by investment_plan.investment_id, investment_plan.year
            order by investment_plan.known_from desc nulls last
        ) as newest_first
    from investment_plan
    inner join delivery_facts
        on investment_plan.known_from <= delivery_facts.as_of_date

),

-- How much is verified and monitored now, over the last week that was delivered?
last_week as (

    select
        cast(sum(access_monitoring.verified_attempts) as double)
        / nullif(sum(access_monitoring.attempts), 0) as verified_share,
        cast(sum(access_monitoring.monitored_attempts) as double)
        / nullif(sum(access_monitoring.attempts), 0) as monitored_share
    from access_monitoring
    inner join delivery_facts
        on
            access_monitoring.attempt_date
            > cast(delivery_facts.as_of_date - interval 7 day as date)

),

final as (

    select
        cast(
            commitment_versions.commitment_id
            || coalesce('-' || cast(plan_versions.year as string), '') as string
        ) as commitment_item_id,
        cast(commitment_versions.commitment_id as string) as commitment_id,
        cast(commitment_versions.known_from as date) as known_from,
        cast(commitment_versions.category as string) as category,
        cast(commitment_versions.pledge as string) as pledge,
        cast(commitment_versions.owner as string) as owner,
        cast(commitment_versions.pledged_on as date) as pledged_on,
        cast(
            case
                when plan_versions.year is null then commitment_versions.due
                else
                    least(
                        commitment_versions.due,
                        cast(cast(plan_versions.year as string) || '-12-31' as date)
                    )
            end as date
        ) as due,
        cast(commitment_versions.status as string) as status,
        cast(plan_versions.year as bigint) as plan_year,
        cast(coalesce(plan_versions.planned_krw, commitment_versions.planned_krw) as bigint)
            as planned_krw,
        cast(coalesce(plan_versions.actual_krw, commitment_versions.actual_krw) as bigint)
            as actual_krw,
        cast(commitment_versions.target_share as decimal(9, 6)) as target_share,
        cast(
            case commitment_versions.category
                when 'access_verification' then round(last_week.verified_share, 6)
                when 'access_monitoring' then round(last_week.monitored_share, 6)
            end as decimal(9, 6)
        ) as measured_share,
        cast(commitment_versions.source_claim as string) as source_claim
    from commitment_versions
    cross join last_week
    left join plan_versions
        on
            commitment_versions.investment_id = plan_versions.investment_id
            and plan_versions.newest_first = 1
    where commitment_versions.newest_first = 1

)

select * from final
