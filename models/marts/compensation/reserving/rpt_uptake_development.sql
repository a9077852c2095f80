-- Grain: one row per (programme, entitlement cohort, lag begun by the as-of date).
-- Incremental columns add up over cohorts and lags, cumulative and entitled ones over cohorts of
-- one lag only. The newest lag of a cohort may not be over: is_complete is false, and no factor
-- reads it. Entitled columns are empty where exports do not say who was entitled and did nothing.

with events as (

    select * from {{ ref('fct_uptake_events') }}

),

bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

claim_periods as (

    select
        programme_id,
        min(cast(claim_opens_at as date)) as opens_on,
        max(cast(claim_closes_at as date)) as closes_on
    from versions
    where is_current
    group by 1

),

events_by_cohort as (

    select
        events.programme_id,
        {{ start_of('bases.cohort_grain', 'events.cohort_on') }} as cohort_on,
        events.event_kind,
        events.event_on,
        events.holder_count,
        events.amount_krw
    from events
    inner join bases
        on events.programme_id = bases.programme_id
    cross join delivery_facts
    where
        events.event_on <= delivery_facts.as_of_date
        and events.cohort_on <= delivery_facts.as_of_date

),

-- From which day is the age of a cohort counted? Where claims can be made from a day of the terms
-- only, not before it; while that day is unknown the cohort has no age.
cohorts as (

    select
        events_by_cohort.programme_id,
        events_by_cohort.cohort_on,
        bases.lag_grain,
        case
            when bases.lag_from = 'claims_open'
                then
                    case
                        when claim_periods.opens_on is not null
                            then greatest(events_by_cohort.cohort_on, claim_periods.opens_on)
                    end
            else events_by_cohort.cohort_on
        end as lag_origin_on,
        max(claim_periods.closes_on) as closes_on,
        sum(events_by_cohort.holder_count)
        filter (where events_by_cohort.event_kind = 'entitled') as entitled_count,
        sum(events_by_cohort.amount_krw)
        filter (where events_by_cohort.event_kind = 'entitled') as entitled_krw
    from events_by_cohort
    inner join bases
        on events_by_cohort.programme_id = bases.programme_id
    left join claim_periods
        on events_by_cohort.programme_id = claim_periods.programme_id
    group by 1, 2, 3, 4

),

lags as (

    select
        row_number() over (order by calendar.calendar_date asc nulls last) - 1 as lag
    from calendar
    cross join delivery_facts
    where calendar.calendar_date <= delivery_facts.as_of_date

),

-- Every lag begun by the as-of date, with or without an event in it; a cohort whose claims have not
-- opened has its first lag only.
cells as (

    select
        cohorts.programme_id,
        cohorts.cohort_on,
        cohorts.lag_origin_on,
        cohorts.closes_on,
        lags.lag,
        {{ last_day_of_lag('cohorts.lag_grain', 'cohorts.lag_origin_on', 'lags.lag') }}
            as lag_ends_on,
        cohorts.entitled_count,
        cohorts.entitled_krw,
        delivery_facts.as_of_date
    from cohorts
    cross join delivery_facts
    inner join lags
        on
            greatest(
                coalesce(
                    {{ lag_between(
                        'cohorts.lag_grain', 'cohorts.lag_origin_on', 'delivery_facts.as_of_date'
                    ) }}, 0
                ), 0
            ) >= lags.lag

),

takings as (

    select
        events_by_cohort.programme_id,
        events_by_cohort.cohort_on,
        greatest(
            coalesce(
                {{ lag_between(
                    'cohorts.lag_grain', 'cohorts.lag_origin_on', 'events_by_cohort.event_on'
                ) }}, 0
            ), 0
        ) as lag,
        sum(events_by_cohort.holder_count) as taker_count,
        sum(events_by_cohort.amount_krw) as amount_krw
    from events_by_cohort
    inner join cohorts
        on
            events_by_cohort.programme_id = cohorts.programme_id
            and events_by_cohort.cohort_on = cohorts.cohort_on
    where events_by_cohort.event_kind = 'taken'
    group by 1, 2, 3

),

final as (

    select
        cast(cells.programme_id as string) as programme_id,
        cast(cells.cohort_on as date) as cohort_on,
        cast(cells.lag as bigint) as lag,
        cast(cells.lag_origin_on as date) as lag_origin_on,
        cast(cells.lag_ends_on as date) as lag_ends_on,
        cast(cells.closes_on as date) as closes_on,
        cast(coalesce(cells.lag_ends_on <= cells.as_of_date, false) as boolean) as is_complete,
        cast(cells.entitled_count as bigint) as entitled_count,
        cast(cells.entitled_krw as bigint) as entitled_krw,
        cast(coalesce(takings.taker_count, 0) as bigint) as incremental_takers,
        cast(coalesce(takings.amount_krw, 0) as bigint) as incremental_krw,
        cast(sum(coalesce(takings.taker_count, 0)) over cohort_so_far as bigint)
            as cumulative_takers,
        cast(sum(coalesce(takings.amount_krw, 0)) over cohort_so_far as bigint)
            as cumulative_krw
    from cells
    left join takings
        on
            cells.programme_id = takings.programme_id
            and cells.cohort_on = takings.cohort_on
            and cells.lag = takings.lag
    window cohort_so_far as (
        partition by cells.programme_id, cells.cohort_on
        order by cells.lag asc nulls last
        rows between unbounded preceding and current row
    )

)

select * from final
