-- Grain: one row per (take-up programme, day of valuation, cohort entitled by then).
-- Where each cohort stood on the day, by events up to that day only. Amounts add up over the
-- cohorts of one valuation.

with development as (

    select * from {{ ref('rpt_uptake_development') }}

),

events as (

    select * from {{ ref('fct_uptake_events') }}

),

bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

valuation_days as (

    select * from {{ ref('int_valuation_days') }}

),

versions as (

    select * from {{ ref('int_binding_versions') }}

),

-- Until when could claims be made, by the terms in force on the day? A deadline that was moved
-- later is not known before.
deadlines as (

    select
        versions.programme_id,
        valuation_days.valuation_on,
        max(cast(versions.claim_closes_at as date)) as closes_on
    from versions
    inner join valuation_days
        on
            versions.known_from <= valuation_days.valuation_on
            and (
                versions.replaced_on > valuation_days.valuation_on
                or versions.replaced_on is null
            )
    group by 1, 2

),

-- A cohort of a week or month is there from the first day on which somebody was entitled.
amounts as (

    select
        events.programme_id,
        valuation_days.valuation_on,
        {{ start_of('bases.cohort_grain', 'events.cohort_on') }} as cohort_on,
        sum(case when events.event_kind = 'entitled' then events.amount_krw else 0 end)
            as entitled_krw,
        sum(case when events.event_kind = 'taken' then events.amount_krw else 0 end) as taken_krw
    from events
    inner join bases
        on events.programme_id = bases.programme_id
    inner join valuation_days
        on events.event_on <= valuation_days.valuation_on
    where bases.estimate_kind = 'take_up'
    group by 1, 2, 3

),

-- Age is the last lag that was over; what came since counts as taken up, but belongs to no age yet.
cohorts as (

    select
        development.programme_id,
        amounts.valuation_on,
        development.cohort_on,
        development.lag_origin_on,
        deadlines.closes_on,
        amounts.entitled_krw,
        amounts.taken_krw,
        max(development.lag)
        filter (where development.lag_ends_on <= amounts.valuation_on) as age,
        coalesce(
            max_by(development.cumulative_krw, development.lag)
            filter (where development.lag_ends_on <= amounts.valuation_on),
            0
        ) as diagonal_krw
    from development
    inner join amounts
        on
            development.programme_id = amounts.programme_id
            and development.cohort_on = amounts.cohort_on
    left join deadlines
        on
            amounts.programme_id = deadlines.programme_id
            and amounts.valuation_on = deadlines.valuation_on
    group by 1, 2, 3, 4, 5, 6, 7

),

-- Can the cohorts teach each other? Only if enough of them have taken up anything and they differ
-- in age.
triangles as (

    select
        programme_id,
        valuation_on,
        max(age) as oldest_age,
        count(*) filter (where diagonal_krw > 0) as cohorts_with_takers,
        count(distinct age) as distinct_ages
    from cohorts
    group by 1, 2

),

final as (

    select
        cast(cohorts.programme_id as string) as programme_id,
        cast(cohorts.valuation_on as date) as valuation_on,
        cast(cohorts.cohort_on as date) as cohort_on,
        cast(cohorts.lag_origin_on as date) as lag_origin_on,
        cast(cohorts.closes_on as date) as closes_on,
        cast(cohorts.age as bigint) as age,
        cast(triangles.oldest_age as bigint) as oldest_age,
        cast(cohorts.entitled_krw as bigint) as entitled_krw,
        cast(cohorts.taken_krw as bigint) as taken_krw,
        cast(cohorts.diagonal_krw as bigint) as diagonal_krw,
        cast(coalesce(cohorts.closes_on <= cohorts.valuation_on, false) as boolean) as is_closed,
        cast(
            triangles.cohorts_with_takers >= bases.min_cohorts
            and triangles.distinct_ages >= bases.min_ages as boolean
        ) as is_learnt
    from cohorts
    inner join bases
        on cohorts.programme_id = bases.programme_id
    inner join triangles
        on
            cohorts.programme_id = triangles.programme_id
            and cohorts.valuation_on = triangles.valuation_on

)

select * from final
