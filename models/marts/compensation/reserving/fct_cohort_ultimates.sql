-- Grain: one row per (take-up programme, day of valuation, cohort entitled by then).
-- What each cohort will have taken up in the end: by chain ladder, by Bornhuetter-Ferguson where it
-- is too young or the cohorts have nothing to teach, or as it stands once claims have closed.
-- Amounts add up over the cohorts of one valuation; errors and bounds do not (fct_uptake_totals).

with positions as (

    select * from {{ ref('fct_cohort_positions') }}

),

developments as (

    select * from {{ ref('fct_cohort_development') }}

),

bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

candidates as (

    select
        positions.programme_id,
        positions.valuation_on,
        positions.cohort_on,
        positions.age,
        positions.entitled_krw,
        positions.taken_krw,
        developments.method,
        developments.chain_ladder_amount,
        developments.mack_error_amount,
        developments.triangle_share,
        developments.tail_base,
    {% for level in ['low', 'base', 'high'] -%}
    developments.chain_ladder_amount / nullif(developments.tail_{{ level }}, 0)
        as ladder_{{ level }},
    positions.taken_krw
    + positions.entitled_krw * bases.take_up_{{ level }}
    * (1 - developments.triangle_share * developments.tail_{{ level }})
        as prior_{{ level }}{{ ',' if not loop.last }}
    {% endfor %}
    from positions
    inner join bases
        on positions.programme_id = bases.programme_id
    inner join developments
        on
            positions.programme_id = developments.programme_id
            and positions.valuation_on = developments.valuation_on
            and positions.cohort_on = developments.cohort_on

),

-- Never less than was taken up, never more than was entitled (unless more was taken already).
estimates as (

    select
        programme_id,
        valuation_on,
        cohort_on,
        age,
        method,
        case when method = 'closed' then 1 else triangle_share * tail_base end as developed_share,
        entitled_krw,
        taken_krw,
        chain_ladder_amount,
        mack_error_amount,
        case when method = 'chain_ladder' then 1 / tail_base else 1 end as tail_factor,
    {% for level in ['low', 'base', 'high'] -%}
    least(
        greatest(
            case method
                when 'closed' then taken_krw
                when 'chain_ladder' then ladder_{{ level }}
                else prior_{{ level }}
            end,
            taken_krw
        ),
        greatest(entitled_krw, taken_krw)
    ) as assumed_{{ level }}{{ ',' if not loop.last }}
    {% endfor %}
    from candidates

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(valuation_on as date) as valuation_on,
        cast(cohort_on as date) as cohort_on,
        cast(age as bigint) as age,
        cast(method as string) as method,
        cast(developed_share as double) as developed_share,
        cast(entitled_krw as bigint) as entitled_krw,
        cast(taken_krw as bigint) as taken_krw,
        cast(chain_ladder_amount as double) as chain_ladder_amount,
        cast(mack_error_amount as double) as mack_error_amount,
        cast(tail_factor as double) as tail_factor,
        {{ estimate_in_won('assumed_low') }} as assumed_low_krw,
        {{ estimate_in_won('assumed_base') }} as ultimate_krw,
        {{ estimate_in_won('assumed_high') }} as assumed_high_krw
    from estimates

)

select * from final
