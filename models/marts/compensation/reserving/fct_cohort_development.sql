-- Grain: one row per (take-up programme, day of valuation, cohort entitled by then).
-- How far each cohort has developed, and by what that is known: from other cohorts up to the oldest
-- lag they have shown, beyond it (or at once, where they show none) from an assumed delay. Amounts
-- in won, not rounded, before any tail; they add up over the cohorts of one valuation, errors do
-- not.

with positions as (

    select * from {{ ref('fct_cohort_positions') }}

),

factors as (

    select * from {{ ref('fct_development_factors') }}

),

bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

-- Sums over all lags still ahead of a cohort of each age.
terms_ahead as (

    select
        programme_id,
        valuation_on,
        lag,
        developed_share,
        {{ exact_sum('process_term', 9, 'lags_ahead') }} as process_sum,
        {{ exact_sum('estimation_term', 24, 'lags_ahead') }} as estimation_sum
    from factors
    window lags_ahead as (
        partition by programme_id, valuation_on
        order by lag desc nulls last
        rows between unbounded preceding and current row
    )

),

cohorts as (

    select
        positions.programme_id,
        positions.valuation_on,
        positions.cohort_on,
        positions.age,
        positions.diagonal_krw,
        positions.is_closed,
        positions.is_learnt,
        positions.diagonal_krw / coalesce(terms_ahead.developed_share, 1) as chain_ladder_amount,
        sqrt(
            positions.diagonal_krw / coalesce(terms_ahead.developed_share, 1)
            * coalesce(terms_ahead.process_sum, 0)
            + power(positions.diagonal_krw / coalesce(terms_ahead.developed_share, 1), 2)
            * coalesce(terms_ahead.estimation_sum, 0)
        ) as mack_error_amount,
        case when positions.is_learnt then terms_ahead.developed_share else 1 end
            as developed_in_triangle,
        {{ dbt.datediff(
            'positions.lag_origin_on',
            last_day_of_lag(
                'bases.lag_grain',
                'positions.lag_origin_on',
                'case when positions.is_learnt then positions.oldest_age else positions.age end'
            ),
            'day'
        ) }} + 1 as days_shown,
        {{ dbt.datediff('positions.lag_origin_on', 'positions.closes_on', 'day') }} + 1
            as horizon_days,
        bases.min_developed_share,
        bases.half_life_low,
        bases.half_life_base,
        bases.half_life_high
    from positions
    inner join bases
        on positions.programme_id = bases.programme_id
    left join terms_ahead
        on
            positions.programme_id = terms_ahead.programme_id
            and positions.valuation_on = terms_ahead.valuation_on
            and positions.age = terms_ahead.lag

),

tails as (

    select
        programme_id,
        valuation_on,
        cohort_on,
    {% for level in ['low', 'base', 'high'] -%}
    case
        when age is null then 0
        else {{ developed_by('days_shown', 'horizon_days', 'half_life_' ~ level) }}
    end as tail_{{ level }}{{ ',' if not loop.last }}
    {% endfor %}
    from cohorts

),

final as (

    select
        cast(cohorts.programme_id as string) as programme_id,
        cast(cohorts.valuation_on as date) as valuation_on,
        cast(cohorts.cohort_on as date) as cohort_on,
        cast(cohorts.age as bigint) as age,
        cast(
            case
                when cohorts.is_closed then 'closed'
                when
                    cohorts.is_learnt
                    and cohorts.diagonal_krw > 0
                    and cohorts.developed_in_triangle * tails.tail_base
                    >= cohorts.min_developed_share
                    then 'chain_ladder'
                else 'bornhuetter_ferguson'
            end as string
        ) as method,
        cast(cohorts.chain_ladder_amount as double) as chain_ladder_amount,
        cast(cohorts.mack_error_amount as double) as mack_error_amount,
        cast(coalesce(cohorts.developed_in_triangle, 1) as double) as triangle_share,
        cast(tails.tail_low as double) as tail_low,
        cast(tails.tail_base as double) as tail_base,
        cast(tails.tail_high as double) as tail_high
    from cohorts
    inner join tails
        on
            cohorts.programme_id = tails.programme_id
            and cohorts.valuation_on = tails.valuation_on
            and cohorts.cohort_on = tails.cohort_on

)

select * from final
