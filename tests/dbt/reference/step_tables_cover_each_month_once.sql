-- The steps of a table run from month 1 without a gap or an overlap, and every rule by step table
-- has one.

with steps as (

    select * from {{ ref('ref_fee_steps') }}

),

fee_rules as (

    select * from {{ ref('ref_fee_rules') }}

),

steps_in_order as (

    select
        step_table_id,
        from_month,
        to_month,
        coalesce(
            lag(to_month) over (partition by step_table_id order by from_month asc nulls last), 0
        ) as month_before
    from steps

),

final as (

    select
        'step table ' || step_table_id || ': step from month ' || cast(from_month as varchar)
        || ' does not follow month ' || cast(month_before as varchar) as problem
    from steps_in_order
    where
        from_month != month_before + 1
        or to_month < from_month
    union all
    select 'fee rule ' || fee_rules.rule_id || ' names no known step table' as problem
    from fee_rules
    left join steps
        on
            fee_rules.step_table_id = steps.step_table_id
            and steps.from_month = 1
    where
        fee_rules.method = 'step_table'
        and steps.step_table_id is null

)

select * from final
