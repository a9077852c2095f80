-- Grain: one row per (take-up programme, day of valuation, lag the oldest cohort has behind it).
-- The chain ladder of each valuation: factor and variance from each lag to the next, and what
-- follows from all later lags. The oldest lag has factor 1 and no variance. Formulas: Mack (1993),
-- in won. Nothing adds up.

with volumes as (

    select * from {{ ref('fct_development_volumes') }}

),

squares_ranked as (

    select
        programme_id,
        valuation_on,
        variance,
        row_number() over (
            partition by programme_id, valuation_on
            order by lag desc nulls last
        ) as place_from_last
    from volumes
    where variance is not null

),

-- Which variance has a lag that one cohort alone has passed? By Mack's rule the smallest of the
-- last two estimated and of their extrapolation; of a single one estimated, that.
last_variances as (

    select
        programme_id,
        valuation_on,
        least(
            max(variance) filter (where place_from_last = 1),
            max(variance) filter (where place_from_last = 2),
            power(max(variance) filter (where place_from_last = 1), 2)
            / nullif(max(variance) filter (where place_from_last = 2), 0)
        ) as variance
    from squares_ranked
    where place_from_last <= 2
    group by 1, 2

),

variances as (

    select
        volumes.programme_id,
        volumes.valuation_on,
        volumes.lag,
        volumes.cohorts_observed,
        volumes.volume_krw,
        volumes.development_factor,
        case
            when volumes.cohorts_observed = 0 then 0
            else coalesce(volumes.variance, last_variances.variance, 0)
        end as variance
    from volumes
    left join last_variances
        on
            volumes.programme_id = last_variances.programme_id
            and volumes.valuation_on = last_variances.valuation_on

),

-- How much has a cohort of this lag seen of what it will have at the oldest lag observed? The
-- product of factors as a sum of logarithms; a lag at which everything fell to 0 counts as 1.
developed as (

    select
        programme_id,
        valuation_on,
        lag,
        cohorts_observed,
        volume_krw,
        development_factor,
        variance,
        exp(
            -{{ exact_sum(
                'case when development_factor > 0 then ln(development_factor) else 0 end',
                24,
                'lags_ahead'
            ) }}
        ) as developed_share
    from variances
    window lags_ahead as (
        partition by programme_id, valuation_on
        order by lag desc nulls last
        rows between unbounded preceding and current row
    )

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(valuation_on as date) as valuation_on,
        cast(lag as bigint) as lag,
        cast(cohorts_observed as bigint) as cohorts_observed,
        cast(volume_krw as bigint) as volume_krw,
        cast(development_factor as double) as development_factor,
        cast(variance as double) as variance,
        cast(developed_share as double) as developed_share,
        cast(variance / power(development_factor, 2) / developed_share as double) as process_term,
        cast(
            coalesce(variance / power(development_factor, 2) / nullif(volume_krw, 0), 0) as double
        ) as estimation_term
    from developed

)

select * from final
