-- Grain: one row per programme known at the as-of date.
-- What it has cost so far and what is still to come, with a range. Amounts add up over programmes;
-- a package has none of its own, so that nothing is counted twice.

with programmes as (

    select * from {{ ref('int_programmes_known') }}

),

movements as (

    select * from {{ ref('fct_programme_movements') }}

),

decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

cost_lines as (

    select * from {{ ref('ref_cost_lines') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

last_whole_month as (

    select
        as_of_date,
        cast(
            date_trunc('month', cast(as_of_date + interval 1 day as date))
            - interval 1 month as date
        ) as month_on
    from delivery_facts

),

-- Which is the newest whole month with a cost? Use of a month may be delivered weeks after it.
newest_months as (

    select
        movements.programme_id,
        max(
            case
                when movements.movement_month <= last_whole_month.month_on
                    and movements.incurred_krw <> 0
                    then movements.movement_month
            end
        ) as month_on
    from movements
    cross join last_whole_month
    group by 1

),

moved as (

    select
        movements.programme_id,
        newest_months.month_on,
        sum(movements.incurred_krw) as incurred_krw,
        sum(movements.outstanding_change_krw) as outstanding_krw,
        sum(
            case
                when movements.movement_month = newest_months.month_on then movements.incurred_krw
                else 0
            end
        ) as month_krw,
        sum(
            case
                when movements.movement_month > newest_months.month_on then movements.incurred_krw
                else 0
            end
        ) as since_krw
    from movements
    inner join newest_months
        on movements.programme_id = newest_months.programme_id
    cross join last_whole_month
    where movements.movement_month <= last_whole_month.as_of_date
    group by 1, 2

),

-- What would the refund of everybody who is eligible come to?
covered as (

    select
        versions.programme_id,
        sum(decisions.covered_krw) as covered_krw
    from decisions
    inner join versions
        on
            decisions.policy_id = versions.policy_id
            and decisions.policy_version = versions.policy_version
    where
        decisions.is_current
        and decisions.is_eligible
    group by 1

),

take_ups as (

    select programme_id, assumption_id, low, base, high
    from assumptions
    where parameter = 'take_up_rate'

),

described as (

    select
        programmes.programme_id,
        programmes.incident_id,
        programmes.kind,
        programmes.treatment_code,
        programmes.announced_krw,
        cost_lines.cost_line,
        cost_lines.to_come_basis,
        coalesce(moved.incurred_krw, 0) as incurred_krw,
        coalesce(moved.outstanding_krw, 0) as outstanding_krw,
        case
            when cost_lines.to_come_basis = 'take_up' then take_ups.assumption_id
        end as estimate_driver_id,
        -- A programme that has run a month goes on like that month until it ends.
        coalesce(
            moved.month_krw * greatest(
                {{ dbt.datediff('moved.month_on', 'programmes.ends_on', 'month') }}, 0
            ) - moved.since_krw, 0
        ) as run_rate_krw,
        programmes.announced_krw - coalesce(moved.incurred_krw, 0) as pledge_left_krw,
        coalesce(covered.covered_krw, 0) as covered_krw,
        take_ups.low,
        take_ups.base,
        take_ups.high
    from programmes
    inner join cost_lines
        on {{ is_listed('programmes.kind', bounded_list('cost_lines.programme_kinds')) }}
    left join moved
        on programmes.programme_id = moved.programme_id
    left join covered
        on programmes.programme_id = covered.programme_id
    left join take_ups
        on programmes.programme_id = take_ups.programme_id

),

final as (

    select
        cast(programme_id as varchar) as programme_id,
        cast(incident_id as varchar) as incident_id,
        cast(cost_line as varchar) as cost_line,
        cast(treatment_code as varchar) as treatment,
        cast(announced_krw as bigint) as announced_krw,
        cast(incurred_krw as bigint) as incurred_krw,
        cast(outstanding_krw as bigint) as outstanding_krw,
        {%- for side in ['low', 'base', 'high'] %}
        cast(
            case to_come_basis
                when 'take_up'
                    then greatest(
                            {{ share_of_won('covered_krw', side) }} - incurred_krw, 0
                        )
                when 'run_rate' then greatest(run_rate_krw, 0)
                when 'pledge' then greatest(pledge_left_krw, 0)
                else 0
            end as bigint
        ) as to_come_{{ side }}_krw,
        {%- endfor %}
        cast(estimate_driver_id as varchar) as estimate_driver_id
    from described

)

select * from final
