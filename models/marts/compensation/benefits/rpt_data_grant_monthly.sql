-- Grain: one row per (data programme, month begun by the as-of date, state of the line in it).
-- Every figure adds up over states and programmes; lines do not add up over months.

with entitlements as (

    select * from {{ ref('fct_data_entitlements') }}

),

grants as (

    select * from {{ ref('int_data_benefits') }}

),

programme_months as (

    select * from {{ ref('int_programme_months') }}

),

programme_rules as (

    select * from {{ ref('int_programme_rules_known') }}

),

-- How many lines are entitled in each month? Counted by first and last month, never laid out.
spans as (

    select
        programme_id,
        is_gaining,
        first_month,
        last_month,
        count(*) as lines
    from entitlements
    where is_entitled
    group by 1, 2, 3, 4

),

entitled as (

    select
        spans.programme_id,
        programme_months.cost_month as benefit_month,
        spans.is_gaining,
        sum(spans.lines) as lines
    from spans
    inner join programme_months
        on
            spans.programme_id = programme_months.programme_id
            and spans.first_month <= programme_months.cost_month
            and coalesce(spans.last_month >= programme_months.cost_month, true)
    group by 1, 2, 3

),

grants_judged as (

    select
        grants.programme_id,
        grants.benefit_month,
        grants.entitled as granted_gb,
        grants.used as used_gb,
        grants.cost_krw,
        coalesce(entitlements.is_gaining, false) as is_gaining,
        coalesce(
            entitlements.is_entitled
            and grants.benefit_month >= entitlements.first_month
            and coalesce(grants.benefit_month <= entitlements.last_month, true),
            false
        ) as is_entitled
    from grants
    left join entitlements
        on
            grants.programme_id = entitlements.programme_id
            and grants.line_key = entitlements.line_key

),

recorded as (

    select
        programme_id,
        benefit_month,
        case
            when not is_entitled then 'not_entitled'
            when not is_gaining then 'gains_nothing'
            when used_gb > 0 then 'used'
            else 'unused'
        end as state,
        count(*) as lines,
        sum(granted_gb) as granted_gb,
        sum(used_gb) as used_gb,
        sum(cost_krw) as cost_krw
    from grants_judged
    group by 1, 2, 3

),

-- A line that is entitled and of which nothing is recorded has not used its grant.
states as (

    select
        programme_id,
        benefit_month,
        case when is_gaining then 'unused' else 'gains_nothing' end as state,
        lines as entitled_lines,
        lines,
        0 as granted_gb,
        0 as used_gb,
        0 as cost_krw
    from entitled
    union all
    select
        programme_id,
        benefit_month,
        'unused' as state,
        -lines as entitled_lines,
        -lines as lines,
        0 as granted_gb,
        0 as used_gb,
        0 as cost_krw
    from recorded
    where state = 'used'
    union all
    select
        programme_id,
        benefit_month,
        state,
        case when state = 'used' then lines else 0 end as entitled_lines,
        case when state in ('used', 'not_entitled') then lines else 0 end as lines,
        granted_gb,
        used_gb,
        cost_krw
    from recorded

),

final as (

    select
        cast(states.programme_id as string) as programme_id,
        cast(states.benefit_month as date) as benefit_month,
        cast(states.state as string) as state,
        cast(sum(states.lines) as bigint) as lines,
        cast(sum(states.entitled_lines) * max(programme_rules.quantity_per_unit) as bigint)
            as entitled_gb,
        cast(sum(states.granted_gb) as bigint) as recorded_gb,
        cast(sum(states.used_gb) as bigint) as used_gb,
        cast(sum(states.cost_krw) as bigint) as cost_krw
    from states
    inner join programme_rules
        on states.programme_id = programme_rules.programme_id
    group by 1, 2, 3
    having sum(states.lines) > 0

)

select * from final
