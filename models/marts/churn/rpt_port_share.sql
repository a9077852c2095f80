-- Grain: one row per (period_kind, period_from, period_to, basis, recipient).
-- ports add up over recipients within one basis and period; bases overlap and are never added. A
-- day that was not delivered has no ports and no share; a period with one in it is not complete.

with ports_by_basis as (

    select * from {{ ref('int_ports_by_basis_daily') }}

),

policies as (

    select * from {{ ref('ref_policies') }}

),

policy_paths as (

    select * from {{ ref('ref_policy_paths') }}

),

claim_readings as (

    select * from {{ ref('int_claim_readings') }}

),

port_days as (

    select * from {{ ref('int_port_days') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

observed_days as (

    select
        service_date as calendar_date,
        is_processing_day,
        {{ month_of('service_date') }} as month
    from port_days
    where is_observed

),

periods as (

    select
        'day' as period_kind,
        calendar_date as period_from,
        calendar_date as period_to
    from observed_days
    where is_processing_day
    union all
    select distinct
        'month' as period_kind,
        month as period_from,
        cast(month + interval 1 month - interval 1 day as date) as period_to
    from observed_days
    union all
    -- Drafts and superseded versions keep their windows: what they would have meant stays readable.
    select distinct
        'policy_' || policy_paths.path as period_kind,
        policy_paths.terminated_from as period_from,
        policy_paths.terminated_to as period_to
    from policy_paths
    inner join policies
        on
            policy_paths.policy_id = policies.policy_id
            and policy_paths.policy_version = policies.policy_version
    inner join delivery_facts
        on
            policies.known_from <= delivery_facts.as_of_date
            and policy_paths.terminated_from <= delivery_facts.as_of_date
    where policy_paths.terminated_to is not null
    union all
    select distinct
        'claim' as period_kind,
        period_from,
        period_to
    from claim_readings
    where
        metric_family in ('port_outs', 'port_out_share', 'net_ports')
        and period_from >= observed_from

),

recipients as (

    select distinct
        basis,
        counterparty as recipient
    from ports_by_basis
    where direction = 'out'

),

ports_in_period as (

    select
        periods.period_kind,
        periods.period_from,
        periods.period_to,
        ports_by_basis.basis,
        ports_by_basis.counterparty as recipient,
        sum(ports_by_basis.ports) as ports
    from periods
    inner join ports_by_basis
        on
            ports_by_basis.direction = 'out'
            and ports_by_basis.processed_on between periods.period_from and periods.period_to
    group by 1, 2, 3, 4, 5

),

missing_days as (

    select
        periods.period_kind,
        periods.period_from,
        periods.period_to,
        count(*) as missing_days
    from periods
    inner join port_days
        on
            port_days.is_feed_missing
            and port_days.service_date between periods.period_from and periods.period_to
    group by 1, 2, 3

),

counted as (

    select
        periods.period_kind,
        periods.period_from,
        periods.period_to,
        recipients.basis,
        recipients.recipient,
        coalesce(missing_days.missing_days, 0) as missing_days,
        periods.period_from = periods.period_to
        and missing_days.missing_days is not null as is_missing,
        coalesce(ports_in_period.ports, 0) as ports,
        sum(coalesce(ports_in_period.ports, 0)) over (
            partition by
                periods.period_kind, periods.period_from, periods.period_to, recipients.basis
        ) as total_ports
    from periods
    cross join recipients
    left join missing_days
        on
            periods.period_kind = missing_days.period_kind
            and periods.period_from = missing_days.period_from
            and periods.period_to = missing_days.period_to
    left join ports_in_period
        on
            periods.period_kind = ports_in_period.period_kind
            and periods.period_from = ports_in_period.period_from
            and periods.period_to = ports_in_period.period_to
            and recipients.basis = ports_in_period.basis
            and recipients.recipient = ports_in_period.recipient

),

final as (

    select
        cast(counted.period_kind as string) as period_kind,
        cast(counted.period_from as date) as period_from,
        cast(counted.period_to as date) as period_to,
        cast(
            counted.period_to <= delivery_facts.as_of_date and counted.missing_days = 0 as boolean
        ) as is_complete,
        cast(counted.missing_days as bigint) as missing_days,
        cast(counted.basis as string) as basis,
        cast(counted.recipient as string) as recipient,
        cast(case when not counted.is_missing then counted.ports end as bigint) as ports,
        cast(case when not counted.is_missing then counted.total_ports end as bigint)
            as total_ports,
        cast(
            case
                when not counted.is_missing
                    then round(cast(counted.ports as double) / nullif(counted.total_ports, 0), 6)
            end as decimal(9, 6)
        ) as share
    from counted
    cross join delivery_facts

)

select * from final
