-- Grain: one row per (fit, delivered processing day).
-- Which days a fit looks at, and with which weight. The baseline looks at quiet days alone; the
-- interrupted series of an incident at its days as well, phase by phase. Weights come from the
-- total, so that one and the same linear rule serves every series: segments then add up.

with baseline_days as (

    select * from {{ ref('int_baseline_days') }}

),

incident_days as (

    select * from {{ ref('int_incident_days') }}

),

port_outs as (

    select * from {{ ref('int_port_outs_by_series') }}

),

totals as (

    select
        baseline_days.processed_on,
        baseline_days.month,
        baseline_days.is_quiet,
        baseline_days.iso_weekday,
        baseline_days.waiting_days,
        coalesce(port_outs.ports, 0) as ports
    from baseline_days
    left join port_outs
        on
            baseline_days.processed_on = port_outs.processed_on
            and port_outs.segment_kind = 'total'
            and port_outs.recipient = 'all'
    where baseline_days.is_delivered

),

usual_of_all as (

    select avg(ports) as ports
    from totals
    where is_quiet

),

usual_of_a_kind as (

    select iso_weekday, waiting_days, avg(ports) as ports
    from totals
    where is_quiet
    group by 1, 2

),

-- What does a day of this kind bring? The mean of the quiet days with the same weekday and the same
-- queue, so that no day weighs itself; at least a tenth of any quiet day.
days_described as (

    select
        totals.processed_on,
        totals.month,
        totals.is_quiet,
        totals.ports,
        greatest(
            coalesce(usual_of_a_kind.ports, usual_of_all.ports), 0.1 * usual_of_all.ports
        ) as usual_ports
    from totals
    cross join usual_of_all
    left join usual_of_a_kind
        on
            totals.iso_weekday = usual_of_a_kind.iso_weekday
            and totals.waiting_days = usual_of_a_kind.waiting_days

),

fits as (

    select
        'baseline' as fit_id,
        'baseline' as method,
        cast(null as string) as incident_id
    union all
    select distinct
        'interrupted_series ' || incident_id as fit_id,
        'interrupted_series' as method,
        incident_id
    from incident_days
    where is_own_incident

),

phased as (

    select
        fits.fit_id,
        fits.method,
        fits.incident_id,
        days_described.processed_on,
        days_described.month,
        days_described.is_quiet,
        days_described.ports,
        days_described.usual_ports,
        case when days_described.is_quiet then 'quiet' else incident_days.period_kind end as phase,
        incident_days.period_from as phase_from
    from fits
    cross join days_described
    left join incident_days
        on
            fits.incident_id = incident_days.incident_id
            and days_described.processed_on = incident_days.processed_on

),

levels as (

    select
        fit_id,
        phase,
        greatest(sum(ports) / nullif({{ exact_sum('usual_ports', 15) }}, 0), 0.1) as phase_level
    from phased
    where phase is not null
    group by 1, 2

),

-- How far do days of a phase lie from its level, against quiet days? A window's days scatter so
-- much that they must not speak about weekdays as loudly as quiet ones.
dispersions as (

    select
        phased.fit_id,
        phased.phase,
        levels.phase_level,
        greatest(
            1,
            {{ exact_sum(
                'power(phased.ports - levels.phase_level * phased.usual_ports, 2)'
                ~ ' / nullif(levels.phase_level * phased.usual_ports, 0)',
                15
            ) }} / nullif(count(nullif(levels.phase_level * phased.usual_ports, 0)), 0)
        ) as dispersion
    from phased
    inner join levels
        on
            phased.fit_id = levels.fit_id
            and phased.phase = levels.phase
    group by 1, 2, 3

),

final as (

    select
        phased.fit_id,
        phased.method,
        phased.incident_id,
        phased.processed_on,
        phased.month,
        phased.is_quiet,
        phased.phase,
        phased.phase_from,
        cast(phased.usual_ports as double) as usual_ports,
        cast(
            coalesce(
                1 / nullif(
                    greatest(1, dispersions.dispersion / quiet_dispersions.dispersion)
                    * dispersions.phase_level * phased.usual_ports,
                    0
                ),
                0
            ) as double
        ) as weight
    from phased
    left join dispersions
        on
            phased.fit_id = dispersions.fit_id
            and phased.phase = dispersions.phase
    left join dispersions as quiet_dispersions
        on
            phased.fit_id = quiet_dispersions.fit_id
            and quiet_dispersions.phase = 'quiet'

)

select * from final
