-- Grain: one row per (feed, service_date) on which the feed is watched, whether it came or not.
-- Why may the day be quiet, why may it be busy? What no register excuses is left without a reason.

with feeds as (

    select * from {{ ref('ref_feeds') }}

),

delivered_files as (

    select * from {{ ref('int_delivered_files') }}

),

lines_changed as (

    select * from {{ ref('int_lines_changed_daily') }}

),

days as (

    select * from {{ ref('int_days_described') }}

),

service_events as (

    select * from {{ ref('ref_service_events') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

batches as (

    select distinct batch_date from delivered_files

),

batches_in_order as (

    select
        batch_date,
        lead(batch_date) over (order by batch_date asc nulls last) as batch_after
    from batches

),

-- Since when do batches come day by day? Batches of whole months may come first: since the first
-- that another one follows soon, and that one still brought all of its month. A later break is
-- silence, however long.
daily_regime as (

    select
        feeds.feed,
        coalesce(
            min(
                case
                    when
                        {{ dbt.datediff('batches_in_order.batch_date',
                            'batches_in_order.batch_after', 'day') }} <= feeds.break_days
                        then batches_in_order.batch_date
                end
            ), max(batches_in_order.batch_date)
        ) as began_after
    from feeds
    cross join batches_in_order
    group by 1

),

first_files as (

    select
        entity as feed,
        min(batch_date) as first_on
    from delivered_files
    group by 1

),

counted as (

    select entity as feed, batch_date as service_date, announced_rows as actual
    from delivered_files
    union all
    select 'lines_ended' as feed, changed_on as service_date, sum(deactivations) as actual
    from lines_changed
    group by 1, 2
    union all
    select 'lines_started' as feed, changed_on as service_date, sum(gross_adds) as actual
    from lines_changed
    group by 1, 2

),

-- What happened on the newest day may be delivered tomorrow.
days_watched as (

    select
        feeds.feed, feeds.measured_as, feeds.band_scores, feeds.silence_odds,
        days.calendar_date as service_date, days.day_kind, days.is_leave_window,
        days.is_processing_day or feeds.due_days = 'every_day' as is_due
    from feeds
    cross join delivery_facts
    inner join daily_regime
        on feeds.feed = daily_regime.feed
    left join first_files
        on feeds.feed = first_files.feed
    inner join days
        on
            feeds.known_from <= days.calendar_date
            and delivery_facts.observed_from <= days.calendar_date
    where
        (
            feeds.measured_as = 'delivered'
            and days.calendar_date > daily_regime.began_after
            and days.calendar_date >= first_files.first_on
            and days.calendar_date <= delivery_facts.newest_batch_on
        )
        or (
            feeds.measured_as = 'occurred'
            and days.calendar_date < delivery_facts.newest_batch_on
        )

),

events_of_feeds as (

    select
        days_watched.feed, days_watched.service_date,
        max(case when service_events.expects = 'quiet' then service_events.event_id end)
            as quiet_event_id,
        max(case when service_events.expects = 'surge' then service_events.event_id end)
            as surge_event_id
    from days_watched
    cross join delivery_facts
    inner join service_events
        on
            days_watched.service_date >= service_events.starts_on
            and days_watched.service_date
            <= coalesce(service_events.ends_on, delivery_facts.as_of_date)
            and delivery_facts.as_of_date >= service_events.known_from
            and (
                service_events.scope = 'all'
                or {{ is_listed('days_watched.feed', bounded_list('service_events.scope')) }}
            )
    group by 1, 2

),

described as (

    select
        days_watched.feed, days_watched.measured_as, days_watched.band_scores,
        days_watched.silence_odds, days_watched.service_date, days_watched.day_kind,
        days_watched.is_leave_window, days_watched.is_due,
        coalesce(counted.actual, 0) as actual,
        events_of_feeds.quiet_event_id, events_of_feeds.surge_event_id,
        lag(events_of_feeds.quiet_event_id) over (
            partition by days_watched.feed order by days_watched.service_date asc nulls last
        ) as quiet_event_before
    from days_watched
    left join counted
        on
            days_watched.feed = counted.feed
            and days_watched.service_date = counted.service_date
    left join events_of_feeds
        on
            days_watched.feed = events_of_feeds.feed
            and days_watched.service_date = events_of_feeds.service_date

),

final as (

    select
        feed, service_date, measured_as, day_kind, is_due, band_scores, silence_odds,
        cast(actual as bigint) as actual,
        case
            when quiet_event_id is not null then quiet_event_id
            when not is_due then 'closed'
        end as quiet_reason,
        case
            when is_leave_window then 'leave_window'
            when surge_event_id is not null then surge_event_id
            when quiet_event_before is not null then 'catching_up'
        end as surge_reason
    from described

)

select * from final
