-- Grain: one row per (incident, plan, moved driver, side).
-- What the lines that left beyond the expected would have brought, less what is saved with them.
-- Never a posting. Add up plans within one setting only; where fewer left than expected it is below
-- 0.

with cost_settings as (

    select * from {{ ref('fct_cost_settings') }}

),

excess_leavers as (

    select * from {{ ref('int_excess_leavers') }}

),

plans as (

    select * from {{ ref('ref_plans') }}

),

incident_values as (

    select
        incident_id,
        moved_driver_id,
        side,
        max(case when parameter = 'billed_fee_share' then set_value end)
            as billed_fee_share,
        max(case when parameter = 'unavoidable_cost_share' then set_value end)
            as unavoidable_cost_share,
        max(case when parameter = 'excess_attributed_share' then set_value end)
            as excess_attributed_share,
        max(case when parameter = 'forgone_months' then set_value end)
            as forgone_months
    from cost_settings
    where programme_id is null
    group by 1, 2, 3

),

-- What does a month without one line of a plan cost? Three shares of the list price, in whole won.
plan_months as (

    select
        incident_values.incident_id,
        incident_values.moved_driver_id,
        incident_values.side,
        plans.plan_code,
        cast(round(incident_values.forgone_months) as bigint) as forgone_months,
        {{ share_of_won(
            share_of_won(
                share_of_won('plans.monthly_fee_krw', 'incident_values.billed_fee_share'),
                'incident_values.unavoidable_cost_share'
            ),
            'incident_values.excess_attributed_share'
        ) }} as month_krw
    from incident_values
    cross join plans

),

final as (

    select
        cast(plan_months.incident_id as string) as incident_id,
        cast(plan_months.plan_code as string) as plan_code,
        cast(plan_months.moved_driver_id as string) as moved_driver_id,
        cast(plan_months.side as string) as side,
        cast(excess_leavers.days as bigint) as days,
        cast(excess_leavers.leavers as bigint) as leavers,
        cast(excess_leavers.expected_thousandths as bigint) as expected_thousandths,
        cast(excess_leavers.excess_thousandths as bigint) as excess_thousandths,
        cast(plan_months.month_krw as bigint) as month_krw,
        cast(plan_months.forgone_months as bigint) as forgone_months,
        {{ whole_won(
            'excess_leavers.excess_thousandths * plan_months.month_krw * plan_months.forgone_months',
            '1000'
        ) }} as forgone_krw
    from plan_months
    inner join excess_leavers
        on
            plan_months.incident_id = excess_leavers.incident_id
            and plan_months.plan_code = excess_leavers.plan_code

)

select * from final
