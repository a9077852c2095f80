-- Grain: one row per (take-up programme, day of valuation).
-- All cohorts of a programme together, with the range of what is still to come. The range of
-- cohorts on the chain ladder is Mack's, lognormal, at the stated coverage, around the low and the
-- high tail assumed; to it come the low and high assumptions of the other cohorts as if all were
-- low, or all high, at once. Programmes add up, ranges do not.

with cohorts as (

    select * from {{ ref('fct_cohort_ultimates') }}

),

factors as (

    select * from {{ ref('fct_development_factors') }}

),

bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

chain_ladder_by_age as (

    select
        programme_id,
        valuation_on,
        age,
        {{ exact_sum('chain_ladder_amount * power(tail_factor, 2)', 9) }} as process_weight,
        {{ exact_sum('chain_ladder_amount * tail_factor', 9) }} as amount
    from cohorts
    where method = 'chain_ladder'
    group by 1, 2, 3

),

-- Which cohorts have a lag still ahead? All of that age or younger, and they share its factor: the
-- error of the factor hits their sum at once, their own chance does not.
weights as (

    select
        factors.programme_id,
        factors.valuation_on,
        factors.cohorts_observed,
        factors.process_term,
        factors.estimation_term,
        {{ exact_sum(
            'coalesce(chain_ladder_by_age.process_weight, 0)', 9, 'younger'
        ) }} as process_weight,
        {{ exact_sum('coalesce(chain_ladder_by_age.amount, 0)', 9, 'younger') }} as amount
    from factors
    left join chain_ladder_by_age
        on
            factors.programme_id = chain_ladder_by_age.programme_id
            and factors.valuation_on = chain_ladder_by_age.valuation_on
            and factors.lag = chain_ladder_by_age.age
    window younger as (
        partition by factors.programme_id, factors.valuation_on
        order by factors.lag asc nulls last
        rows between unbounded preceding and current row
    )

),

errors as (

    select
        programme_id,
        valuation_on,
        sqrt({{ exact_sum(
            'process_term * process_weight + estimation_term * power(amount, 2)', 6
        ) }})
            as mack_error_amount,
        greatest(max(cohorts_observed) - 1, 1) as degrees
    from weights
    group by 1, 2

),

-- How far does the range reach? Variances were estimated from few cohorts: by Student's quantile.
quantiles as (

    select
        errors.programme_id,
        errors.valuation_on,
        errors.mack_error_amount,
        {{ students_quantile('bases.interval_z', 'errors.degrees') }} as quantile
    from errors
    inner join bases
        on errors.programme_id = bases.programme_id

),

sums as (

    select
        programme_id,
        valuation_on,
        count(*) as cohorts,
        count(*) filter (where method = 'chain_ladder') as chain_ladder_cohorts,
        count(*) filter (where method = 'bornhuetter_ferguson') as prior_cohorts,
        sum(taken_krw) as taken_krw,
        sum(ultimate_krw) as ultimate_krw,
        sum(case when method = 'chain_ladder' then ultimate_krw - taken_krw else 0 end)
            as ladder_base,
        sum(case when method = 'chain_ladder' then assumed_low_krw - taken_krw else 0 end)
            as ladder_low,
        sum(case when method = 'chain_ladder' then assumed_high_krw - taken_krw else 0 end)
            as ladder_high,
        sum(case when method = 'chain_ladder' then 0 else ultimate_krw - taken_krw end)
            as prior_base,
        sum(case when method = 'chain_ladder' then 0 else assumed_low_krw - taken_krw end)
            as prior_low,
        sum(case when method = 'chain_ladder' then 0 else assumed_high_krw - taken_krw end)
            as prior_high,
        sum(case when method = 'chain_ladder' then greatest(entitled_krw - taken_krw, 0) else 0 end)
            as ladder_most
    from cohorts
    group by 1, 2

),

ranges as (

    select
        sums.programme_id,
        sums.valuation_on,
        sums.cohorts,
        sums.chain_ladder_cohorts,
        sums.prior_cohorts,
        sums.taken_krw,
        sums.ultimate_krw,
        sums.ladder_base,
        sums.ladder_most,
        sums.prior_low,
        sums.prior_high,
        coalesce(quantiles.mack_error_amount, 0) as mack_error_amount,
        coalesce(
            {{ lognormal_bound(
                'sums.ladder_low', 'quantiles.mack_error_amount', 'quantiles.quantile', '-1'
            ) }},
            sums.ladder_low
        ) as ladder_low,
        coalesce(
            {{ lognormal_bound(
                'sums.ladder_high', 'quantiles.mack_error_amount', 'quantiles.quantile', '1'
            ) }},
            sums.ladder_high
        ) as ladder_high
    from sums
    left join quantiles
        on
            sums.programme_id = quantiles.programme_id
            and sums.valuation_on = quantiles.valuation_on

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(valuation_on as date) as valuation_on,
        cast(
            case
                when chain_ladder_cohorts > 0 and prior_cohorts > 0 then 'mixed'
                when chain_ladder_cohorts > 0 then 'chain_ladder'
                when prior_cohorts > 0 then 'bornhuetter_ferguson'
                else 'closed'
            end as string
        ) as method,
        cast(cohorts as bigint) as cohort_count,
        cast(taken_krw as bigint) as taken_krw,
        cast(ultimate_krw as bigint) as ultimate_krw,
        cast(mack_error_amount as double) as mack_error_amount,
        cast(
            taken_krw + prior_low
            + {{ estimate_in_won('least(ladder_low, ladder_base)') }} as bigint
        ) as ultimate_low_krw,
        cast(
            taken_krw + prior_high
            + {{ estimate_in_won('least(greatest(ladder_high, ladder_base), ladder_most)') }}
            as bigint
        ) as ultimate_high_krw
    from ranges

)

select * from final
