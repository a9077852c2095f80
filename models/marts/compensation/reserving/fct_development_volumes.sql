-- Grain: one row per (take-up programme, day of valuation, lag the oldest cohort has behind it).
-- From each lag to the next: how cohorts grew that had been seen at both by the day, and how much
-- they differed. A valuation reads no cell that ended after its day. Nothing adds up.

with development as (

    select * from {{ ref('rpt_uptake_development') }}

),

bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

valuation_days as (

    select * from {{ ref('int_valuation_days') }}

),

cells as (

    select
        development.programme_id,
        development.lag,
        development.lag_ends_on,
        development.cumulative_krw,
        lead(development.cumulative_krw) over cohort_lags as next_krw,
        lead(development.lag_ends_on) over cohort_lags as next_ends_on
    from development
    inner join bases
        on development.programme_id = bases.programme_id
    where
        bases.estimate_kind = 'take_up'
        and development.is_complete
    window cohort_lags as (
        partition by development.programme_id, development.cohort_on
        order by development.lag asc nulls last
    )

),

cells_valued as (

    select
        cells.programme_id,
        valuation_days.valuation_on,
        cells.lag,
        cells.cumulative_krw,
        case when cells.next_ends_on <= valuation_days.valuation_on then cells.next_krw end
            as next_krw
    from cells
    inner join valuation_days
        on cells.lag_ends_on <= valuation_days.valuation_on

),

-- By which factor did cohorts grow that have been seen at both lags? Nothing is learnt where none
-- had taken up anything.
volumes as (

    select
        programme_id,
        valuation_on,
        lag,
        count(*) filter (where cumulative_krw > 0 and next_krw is not null) as cohorts_observed,
        coalesce(sum(cumulative_krw) filter (where next_krw is not null), 0) as volume_krw,
        coalesce(
            cast(sum(next_krw) as double)
            / nullif(sum(cumulative_krw) filter (where next_krw is not null), 0),
            1
        ) as development_factor
    from cells_valued
    group by 1, 2, 3

),

squares as (

    select
        volumes.programme_id,
        volumes.valuation_on,
        volumes.lag,
        {{ exact_sum(
            'power('
            ~ 'cells_valued.next_krw - volumes.development_factor * cells_valued.cumulative_krw, 2'
            ~ ') / cells_valued.cumulative_krw',
            9
        ) }} / max(volumes.cohorts_observed - 1) as variance
    from volumes
    inner join cells_valued
        on
            volumes.programme_id = cells_valued.programme_id
            and volumes.valuation_on = cells_valued.valuation_on
            and volumes.lag = cells_valued.lag
    where
        volumes.cohorts_observed > 1
        and cells_valued.cumulative_krw > 0
        and cells_valued.next_krw is not null
    group by 1, 2, 3

),

final as (

    select
        cast(volumes.programme_id as string) as programme_id,
        cast(volumes.valuation_on as date) as valuation_on,
        cast(volumes.lag as bigint) as lag,
        cast(volumes.cohorts_observed as bigint) as cohorts_observed,
        cast(volumes.volume_krw as bigint) as volume_krw,
        cast(volumes.development_factor as double) as development_factor,
        cast(squares.variance as double) as variance
    from volumes
    left join squares
        on
            volumes.programme_id = squares.programme_id
            and volumes.valuation_on = squares.valuation_on
            and volumes.lag = squares.lag

)

select * from final
