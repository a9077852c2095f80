-- Grain: one row per (claim_id, basis) of the claims about leavers, destinations and returners.
-- computed_value is what the deliveries hold, not yet scaled by the sample rate.

with readings as (

    select * from {{ ref('int_claim_readings') }}

),

ports_by_basis as (

    select * from {{ ref('int_ports_by_basis_daily') }}

),

returners as (

    select * from {{ ref('int_lines_returned') }}

),

port_readings as (

    select
        readings.claim_id,
        readings.basis,
        readings.metric_family,
        readings.metric_argument,
        coalesce(
            sum(ports_by_basis.ports) filter (where ports_by_basis.direction = 'out'), 0
        ) as ports_out,
        coalesce(
            sum(ports_by_basis.ports) filter (where ports_by_basis.direction = 'in'), 0
        ) as ports_in,
        coalesce(
            sum(ports_by_basis.ports) filter (
                where
                ports_by_basis.direction = 'out'
                and ports_by_basis.counterparty = readings.metric_argument
            ), 0
        ) as ports_out_to_argument,
        coalesce(
            sum(ports_by_basis.ports) filter (
                where
                ports_by_basis.direction = 'out'
                and ports_by_basis.processed_on > cast(readings.period_to - interval 2 day as date)
            ), 0
        ) as ports_out_last_two_days
    from readings
    left join ports_by_basis
        on
            readings.basis = ports_by_basis.basis
            and ports_by_basis.processed_on between readings.period_from and readings.period_to
    where readings.metric_family in ('port_outs', 'port_out_share', 'net_ports')
    group by 1, 2, 3, 4

),

ports_measured as (

    select
        claim_id,
        basis,
        case
            when metric_family = 'net_ports' then ports_in - ports_out
            when metric_family = 'port_outs' and metric_argument is null then ports_out
            when metric_family = 'port_outs' then ports_out_to_argument
            when metric_argument = 'last_two_days'
                then round(cast(ports_out_last_two_days as double) / nullif(ports_out, 0), 6)
            else round(cast(ports_out_to_argument as double) / nullif(ports_out, 0), 6)
        end as computed_value,
        metric_family <> 'port_out_share' as is_extensive,
        -- How far a sample that rounds every count to a whole line can be off.
        case
            when metric_family = 'net_ports' then 2
            when metric_family = 'port_outs' then 1
            else 2 / nullif(cast(ports_out as double), 0)
        end as sampling_allowance,
        case
            when metric_family = 'port_out_share' and ports_out = 0
                then 'No line left by port in the period on this basis'
        end as missing_reason
    from port_readings

),

returners_measured as (

    select
        readings.claim_id,
        readings.basis,
        count(returners.line_key) as computed_value,
        true as is_extensive,
        -- Whether anybody returned is not a matter of rounding.
        0 as sampling_allowance,
        cast(null as string) as missing_reason
    from readings
    left join returners
        on
            readings.metric_argument = returners.left_carrier
            and returners.is_after_incident_of_left_carrier
            and returners.returned_on between readings.period_from and readings.period_to
    where readings.metric_family = 'returners'
    group by 1, 2

),

measured as (

    select claim_id, basis, computed_value, is_extensive, sampling_allowance, missing_reason
    from ports_measured
    union all
    select claim_id, basis, computed_value, is_extensive, sampling_allowance, missing_reason
    from returners_measured

),

final as (

    select
        measured.claim_id,
        measured.basis,
        case
            when measured.missing_reason is null and readings.period_from >= readings.observed_from
                then cast(measured.computed_value as decimal(24, 6))
        end as computed_value,
        cast(null as string) as computed_text,
        measured.is_extensive,
        cast(measured.sampling_allowance as decimal(24, 6)) as sampling_allowance,
        case
            when readings.period_from < readings.observed_from
                then 'The period begins before the deliveries do'
            else measured.missing_reason
        end as missing_reason
    from measured
    inner join readings
        on
            measured.claim_id = readings.claim_id
            and measured.basis = readings.basis

)

select * from final
