-- Grain: one row per programme known at the as-of date.
-- What it has cost so far and what is still to come by the newest valuation, with a range. Amounts
-- add up over programmes; a package has none of its own, so that nothing is counted twice.

with programmes as (

    select * from {{ ref('int_programmes_known') }}

),

ultimates as (

    select * from {{ ref('rpt_programme_ultimates') }}

),

bases as (

    select * from {{ ref('int_reserving_bases_known') }}

),

cost_lines as (

    select * from {{ ref('ref_cost_lines') }}

),

newest as (

    select programme_id, max(cost_month) as cost_month
    from ultimates
    group by 1

),

-- A take-up that develops is an estimate with ends of its own, the rest moves with assumptions.
valued as (

    select
        ultimates.programme_id,
        ultimates.cumulative_incurred_krw,
        ultimates.cumulative_paid_krw,
        ultimates.ultimate_krw - ultimates.cumulative_incurred_krw as to_come_base_krw,
        case
            when bases.estimate_kind = 'take_up' then ultimates.ultimate_low_krw
            else ultimates.ultimate_krw
        end - ultimates.cumulative_incurred_krw as to_come_low_krw,
        case
            when bases.estimate_kind = 'take_up' then ultimates.ultimate_high_krw
            else ultimates.ultimate_krw
        end - ultimates.cumulative_incurred_krw as to_come_high_krw,
        case
            when bases.estimate_kind = 'take_up'
                then ultimates.programme_id || '_take_up_to_come'
        end as estimate_driver_id
    from ultimates
    inner join newest
        on
            ultimates.programme_id = newest.programme_id
            and ultimates.cost_month = newest.cost_month
    left join bases
        on ultimates.programme_id = bases.programme_id

),

final as (

    select
        cast(programmes.programme_id as string) as programme_id,
        cast(programmes.incident_id as string) as incident_id,
        cast(cost_lines.cost_line as string) as cost_line,
        cast(programmes.treatment_code as string) as treatment,
        cast(programmes.announced_krw as bigint) as announced_krw,
        cast(coalesce(valued.cumulative_incurred_krw, 0) as bigint) as incurred_krw,
        cast(
            coalesce(valued.cumulative_incurred_krw - valued.cumulative_paid_krw, 0) as bigint
        ) as outstanding_krw,
        cast(coalesce(valued.to_come_low_krw, 0) as bigint) as to_come_low_krw,
        cast(coalesce(valued.to_come_base_krw, 0) as bigint) as to_come_base_krw,
        cast(coalesce(valued.to_come_high_krw, 0) as bigint) as to_come_high_krw,
        cast(valued.estimate_driver_id as string) as estimate_driver_id
    from programmes
    inner join cost_lines
        on {{ is_listed('programmes.kind', bounded_list('cost_lines.programme_kinds')) }}
    left join valued
        on programmes.programme_id = valued.programme_id

)

select * from final
