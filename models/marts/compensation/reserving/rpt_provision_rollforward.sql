-- Grain: one row per (programme provided for, month from its announcement or first cost on).
-- opening + additions + reestimates - used - reversed = closing, and a month opens with what
-- the month before closed with. Movements add up over months and programmes, balances over
-- programmes. Programmes whose accounting treatment gives no provision have no rows.

with ultimates as (

    select * from {{ ref('rpt_programme_ultimates') }}

),

cohorts as (

    select * from {{ ref('fct_cohort_ultimates') }}

),

bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

positions as (

    select * from {{ ref('fct_cohort_positions') }}

),

months_provided as (

    select
        programme_id,
        cost_month,
        valuation_on,
        ultimate_krw,
        cumulative_paid_krw,
        lag(valuation_on) over programme_months as previous_valuation_on,
        coalesce(lag(ultimate_krw) over programme_months, 0) as previous_ultimate_krw,
        coalesce(lag(cumulative_paid_krw) over programme_months, 0) as previous_paid_krw
    from ultimates
    where is_provision
    window programme_months as (
        partition by programme_id
        order by cost_month asc nulls last
    )

),

first_valuations as (

    select
        programme_id,
        cohort_on,
        min(valuation_on) as valuation_on
    from cohorts
    group by 1, 2

),

-- Which cohorts are there for the first time, and at how much do they start? Where the amount is
-- incurred before it is taken up, at the whole of it.
new_cohorts as (

    select
        cohorts.programme_id,
        cohorts.valuation_on,
        sum(cohorts.ultimate_krw) as ultimate_krw,
        sum(cohorts.entitled_krw) as entitled_krw
    from cohorts
    inner join first_valuations
        on
            cohorts.programme_id = first_valuations.programme_id
            and cohorts.cohort_on = first_valuations.cohort_on
            and cohorts.valuation_on = first_valuations.valuation_on
    group by 1, 2

),

ends as (

    select
        programme_id,
        valuation_on,
        max(closes_on) as ended_on
    from positions
    group by 1, 2

),

-- A programme without cohorts starts with its whole first estimate. Once nobody can claim or use
-- any more, what falls away is released; before, it is an estimate that was changed.
movements as (

    select
        months_provided.programme_id,
        months_provided.cost_month,
        months_provided.previous_ultimate_krw,
        months_provided.previous_paid_krw,
        months_provided.ultimate_krw,
        months_provided.cumulative_paid_krw,
        case
            when bases.measure = 'paid' then coalesce(new_cohorts.entitled_krw, 0)
            when bases.estimate_kind = 'take_up' then coalesce(new_cohorts.ultimate_krw, 0)
            when months_provided.previous_valuation_on is null then months_provided.ultimate_krw
            else 0
        end as additions_krw,
        coalesce(
            case when bases.estimate_kind = 'take_up' then ends.ended_on else bases.ends_on end
            <= months_provided.valuation_on,
            false
        ) as is_over
    from months_provided
    inner join bases
        on months_provided.programme_id = bases.programme_id
    left join new_cohorts
        on
            months_provided.programme_id = new_cohorts.programme_id
            and months_provided.valuation_on = new_cohorts.valuation_on
    left join ends
        on
            months_provided.programme_id = ends.programme_id
            and months_provided.valuation_on = ends.valuation_on

),

changes as (

    select
        programme_id,
        cost_month,
        previous_ultimate_krw - previous_paid_krw as opening_krw,
        additions_krw,
        ultimate_krw - previous_ultimate_krw - additions_krw as change_krw,
        is_over,
        cumulative_paid_krw - previous_paid_krw as used_krw,
        ultimate_krw - cumulative_paid_krw as closing_krw
    from movements

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(cost_month as date) as cost_month,
        cast(opening_krw as bigint) as opening_krw,
        cast(additions_krw as bigint) as additions_krw,
        cast(case when is_over then greatest(change_krw, 0) else change_krw end as bigint)
            as reestimates_krw,
        cast(used_krw as bigint) as used_krw,
        cast(case when is_over then greatest(-change_krw, 0) else 0 end as bigint) as reversed_krw,
        cast(closing_krw as bigint) as closing_krw
    from changes

)

select * from final
