-- Grain: one row per (month, segment_kind, part, unit).
-- Parts and units of one kind add up to the total, plan tiers to the handsets; kinds are never
-- added. Flows add up over months, stocks do not. For use inside: small cells are in. A line stands
-- in the segment of its newest version in all its months.

with lines as (

    select * from {{ ref('dim_lines') }}

),

past_spells as (

    select * from {{ ref('int_line_spells_past') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- One pass over all times in service. Who was in service at the opening has no month of addition.
profiles as (

    select
        case
            when spells.activated_on > delivery_facts.opening_on
                then {{ month_of('spells.activated_on') }}
        end as added_month,
        {{ month_of('spells.terminated_on') }} as ended_month,
        coalesce(spells.termination_kind = 'port_out', false) as is_port_out,
        spells.line_kind, spells.plan_tier, spells.age_band, spells.region, spells.contract_kind,
        spells.exposure_class, count(*) as lines_counted
    from ({{ times_in_service() }}) as spells
    cross join delivery_facts
    where coalesce(spells.terminated_on > delivery_facts.opening_on, true)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

),

profiles_named as (

    select
        added_month, ended_month, is_port_out, line_kind, contract_kind, exposure_class,
        coalesce(plan_tier, 'unknown') as plan_tier,
        coalesce(age_band, 'unknown') as age_band, coalesce(region, 'unknown') as region,
        case when exposure_class = 'neither' then 'neither' else 'affected' end as exposure,
        lines_counted
    from profiles

),

segment_kinds as (

    select
        kinds.segment_kind,
        kinds.segment_kind like 'exposure_and_%' as is_crossing,
        case when kinds.segment_kind = 'plan_tier' then 'handset' end as only_kind
    from (
        values
        ('total'), ('line_kind'), ('plan_tier'), ('age_band'), ('region'), ('contract_kind'),
        ('exposure_class'), ('exposure'), ('exposure_and_age_band'), ('exposure_and_contract_kind')
    ) as kinds (segment_kind)

),

-- In a crossing the exposure is the part, and what it is crossed with the unit. Plans are compared
-- among handsets: what other lines have is one plan for each kind.
profiles_by_segment as (

    select
        segment_kinds.segment_kind,
        case
            when segment_kinds.is_crossing then profiles_named.exposure
            else coalesce(segment_kinds.only_kind, 'all')
        end as part,
        case segment_kinds.segment_kind
            when 'total' then 'total'
            when 'line_kind' then profiles_named.line_kind
            when 'plan_tier' then profiles_named.plan_tier
            when 'age_band' then profiles_named.age_band
            when 'region' then profiles_named.region
            when 'contract_kind' then profiles_named.contract_kind
            when 'exposure_class' then profiles_named.exposure_class
            when 'exposure' then profiles_named.exposure
            when 'exposure_and_age_band' then profiles_named.age_band
            else profiles_named.contract_kind
        end as unit,
        profiles_named.added_month, profiles_named.ended_month, profiles_named.is_port_out,
        sum(profiles_named.lines_counted) as lines_counted
    from profiles_named
    cross join segment_kinds
    where profiles_named.line_kind = coalesce(segment_kinds.only_kind, profiles_named.line_kind)
    group by 1, 2, 3, 4, 5, 6

),

-- The stock of the opening stands without a month, before all of them.
changes as (

    select
        segment_kind, part, unit, added_month as month, lines_counted as gross_adds,
        0 as deactivations, 0 as port_outs
    from profiles_by_segment
    union all
    select
        segment_kind, part, unit, ended_month as month, 0 as gross_adds,
        lines_counted as deactivations, lines_counted * cast(is_port_out as bigint) as port_outs
    from profiles_by_segment
    where ended_month is not null

),

changes_by_month as (

    select
        segment_kind, part, unit, month,
        sum(gross_adds) as gross_adds, sum(deactivations) as deactivations,
        sum(port_outs) as port_outs
    from changes
    group by 1, 2, 3, 4

),

segments as (

    select
        segment_kind, part, unit,
        sum(case when month is null then gross_adds else 0 end) as opening_lines
    from changes_by_month
    group by 1, 2, 3

),

months as (

    select
        {{ month_of('calendar.calendar_date') }} as month,
        count(*) as days_observed
    from calendar
    inner join delivery_facts
        on calendar.calendar_date between delivery_facts.observed_from and delivery_facts.as_of_date
    group by 1

),

running as (

    select
        months.month, months.days_observed,
        segments.segment_kind, segments.part, segments.unit,
        coalesce(changes_by_month.gross_adds, 0) as gross_adds,
        coalesce(changes_by_month.deactivations, 0) as deactivations,
        coalesce(changes_by_month.port_outs, 0) as port_outs,
        segments.opening_lines + sum(
            coalesce(changes_by_month.gross_adds, 0) - coalesce(changes_by_month.deactivations, 0)
        ) over (
            partition by segments.segment_kind, segments.part, segments.unit
            order by months.month asc nulls last
            rows between unbounded preceding and current row
        ) as closing_lines
    from months
    cross join segments
    left join changes_by_month
        on
            months.month = changes_by_month.month
            and segments.segment_kind = changes_by_month.segment_kind
            and segments.part = changes_by_month.part and segments.unit = changes_by_month.unit

),

final as (

    select
        cast(month as date) as month,
        cast(
            days_observed
            = extract(day from cast(month + interval 1 month - interval 1 day as date)) as boolean
        ) as is_complete,
        cast(segment_kind as string) as segment_kind, cast(part as string) as part,
        cast(unit as string) as unit,
        cast(closing_lines - gross_adds + deactivations as bigint) as opening_lines,
        cast(gross_adds as bigint) as gross_adds, cast(deactivations as bigint) as deactivations,
        cast(port_outs as bigint) as port_outs,
        cast(deactivations - port_outs as bigint) as other_ends,
        cast(closing_lines as bigint) as closing_lines
    from running

)

select * from final
