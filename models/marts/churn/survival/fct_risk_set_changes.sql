-- Grain: one row per (curve_id, day_number, change_kind, recipient).
-- Lines that come under observation or leave it on a day of their own time. Strata of one kind add
-- up to the total; kinds overlap. The day a line starts with is day 1.

with lines as (

    select * from {{ ref('dim_lines') }}

),

past_spells as (

    select * from {{ ref('int_line_spells_past') }}

),

deactivations as (

    select * from {{ ref('fct_deactivations') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

),

origins as (

    select * from {{ ref('int_survival_origins') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- Where did each time in service go? Two of one line may end on one day.
destinations as (

    select
        deactivations.line_key,
        coalesce(past_spells.spell_number, 0) as earlier_spell,
        carriers.published_group
    from deactivations
    inner join carriers
        on deactivations.recipient_carrier = carriers.carrier_code
    left join past_spells
        on
            deactivations.line_key = past_spells.line_key
            and deactivations.spell_number = past_spells.spell_number

),

-- Where an id was used again, each time in service is followed for itself.
times_in_service as (

    {{ times_in_service(numbered=true) }}

),

-- The one pass over all lines: those in service are alike when they were activated on one day, and
-- counted before anything is looked up. Those that ended, which the scan picks, stay one by one.
lines_alike as (

    select
        line_kind, is_own_brand, exposure_class, contract_kind,
        coalesce(age_band, 'unknown') as age_band, activated_on,
        cast(null as date) as terminated_on, 'censored' as end_kind, 'none' as recipient,
        count(*) as lines
    from lines
    where terminated_on is null and termination_kind is null
    group by 1, 2, 3, 4, 5, 6
    union all
    select
        times.line_kind, times.is_own_brand, times.exposure_class, times.contract_kind,
        coalesce(times.age_band, 'unknown') as age_band,
        times.activated_on, times.terminated_on,
        coalesce(times.termination_kind, 'censored') as end_kind,
        case
            when times.termination_kind = 'port_out'
                then coalesce(destinations.published_group, 'unknown')
            else 'none'
        end as recipient,
        1 as lines
    from times_in_service as times
    cross join delivery_facts
    left join destinations
        on
            times.line_key = destinations.line_key
            and times.earlier_spell = destinations.earlier_spell
    where
        (times.terminated_on is not null or times.termination_kind is not null)
        and coalesce(times.terminated_on >= delivery_facts.observed_from, true)

),

-- A disclosure is followed by the lines in service when its day began.
lines_followed as (

    select
        origins.time_origin, origins.incident_id,
        lines_alike.exposure_class, lines_alike.contract_kind, lines_alike.age_band,
        lines_alike.end_kind, lines_alike.recipient,
        coalesce(origins.started_on, lines_alike.activated_on) as started_on,
        coalesce(lines_alike.terminated_on, delivery_facts.as_of_date) as last_on,
        greatest(
            coalesce(origins.started_on, lines_alike.activated_on), delivery_facts.observed_from
        ) as first_on,
        lines_alike.lines
    from lines_alike
    cross join origins
    cross join delivery_facts
    where
        origins.time_origin <> 'contract'
        and {{ is_listed('lines_alike.line_kind', 'origins.line_kinds') }}
        and (lines_alike.is_own_brand or not origins.own_brand_only)
        and (
            origins.started_on is null
            or (
                lines_alike.activated_on < origins.started_on
                and coalesce(lines_alike.terminated_on, delivery_facts.as_of_date)
                >= origins.started_on
            )
        )

),

changes as (

    select
        time_origin, incident_id, exposure_class, contract_kind, age_band,
        cast({{ dbt.datediff('started_on', 'first_on', 'day') }} + 1 as bigint) as day_number,
        'entered' as change_kind,
        'none' as recipient,
        sum(lines) as lines
    from lines_followed
    group by 1, 2, 3, 4, 5, 6
    union all
    select
        time_origin, incident_id, exposure_class, contract_kind, age_band,
        cast({{ dbt.datediff('started_on', 'last_on', 'day') }} + 1 as bigint) as day_number,
        end_kind as change_kind,
        recipient,
        sum(lines) as lines
    from lines_followed
    group by 1, 2, 3, 4, 5, 6, 7, 8

),

stratum_kinds as (

    select kinds.stratum_kind
    from (
        values ('total'), ('exposure_class'), ('contract_kind'), ('age_band')
    ) as kinds (stratum_kind)

),

by_stratum as (

    select
        changes.time_origin, changes.incident_id, stratum_kinds.stratum_kind,
        case stratum_kinds.stratum_kind
            when 'total' then 'total'
            when 'exposure_class' then changes.exposure_class
            when 'contract_kind' then changes.contract_kind
            else changes.age_band
        end as stratum,
        changes.day_number, changes.change_kind, changes.recipient,
        sum(changes.lines) as lines
    from changes
    cross join stratum_kinds
    group by 1, 2, 3, 4, 5, 6, 7

),

final as (

    select
        cast(
            time_origin || '|' || incident_id || '|' || stratum_kind || '|' || stratum as string
        ) as curve_id,
        cast(time_origin as string) as time_origin,
        cast(incident_id as string) as incident_id,
        cast(stratum_kind as string) as stratum_kind,
        cast(stratum as string) as stratum,
        cast(day_number as bigint) as day_number,
        cast(change_kind as string) as change_kind,
        cast(recipient as string) as recipient,
        cast(lines as bigint) as lines
    from by_stratum

)

select * from final
