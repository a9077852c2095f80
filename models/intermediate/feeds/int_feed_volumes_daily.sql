-- Grain: one row per (feed, service_date) on which the feed is watched.
-- Each day beside the days like it: same feed, same kind of day, nothing that excuses them. Counts
-- scatter by their square root, wider if like days do, so the same bands hold in a small sample.

with feed_days as (

    select * from {{ ref('int_feed_days') }}

),

feeds as (

    select * from {{ ref('ref_feeds') }}

),

like_days_ranked as (

    select
        feed,
        day_kind,
        actual,
        row_number() over (
            partition by feed, day_kind order by actual asc nulls last, service_date asc
        ) as place,
        count(*) over (partition by feed, day_kind) as days
    from feed_days
    where
        surge_reason is null
        and coalesce(quiet_reason, 'closed') = 'closed'

),

-- The outermost days, where the faults are, say nothing of what is typical, and without them a
-- scatter is narrower than it was. Few days tell what is typical, to tell silence by; bounds and a
-- scatter of their own need more.
like_days as (

    select
        ranked.feed, ranked.day_kind,
        count(*) as days_compared,
        avg(cast(ranked.actual as double)) as typical,
        greatest(
            coalesce(
                (
                    {{ exact_sum('power(cast(ranked.actual as double), 2)', 0) }}
                    - power(cast(sum(ranked.actual) as double), 2) / count(*)
                ) / nullif(count(*) - 1, 0),
                0
            ),
            0
        )
        / max(cast(feeds.trimmed_variance as double)) as variance,
        count(*) >= max(feeds.min_days_for_bounds) as has_bounds
    from like_days_ranked as ranked
    inner join feeds
        on ranked.feed = feeds.feed
    where
        ranked.place > feeds.trimmed_share * ranked.days
        and ranked.place <= (1 - feeds.trimmed_share) * ranked.days
    group by 1, 2
    having count(*) >= max(feeds.min_days_for_silence)

),

compared as (

    select
        feed_days.feed, feed_days.service_date, feed_days.measured_as, feed_days.day_kind,
        feed_days.is_due, feed_days.band_scores, feed_days.silence_odds, feed_days.actual,
        feed_days.quiet_reason, feed_days.surge_reason,
        like_days.days_compared, like_days.typical, like_days.has_bounds,
        case
            when like_days.has_bounds
                then greatest(like_days.variance / nullif(like_days.typical, 0), 1)
            else 1
        end as dispersion,
        sum(case when feed_days.actual > 0 then 1 else 0 end) over (
            partition by feed_days.feed, feed_days.is_due
            order by feed_days.service_date asc nulls last
            rows between unbounded preceding and current row
        ) as run_number
    from feed_days
    left join like_days
        on
            feed_days.feed = like_days.feed
            and feed_days.day_kind = like_days.day_kind

),

-- How probable is an empty day like this one? Of a Poisson count, or of a negative binomial one
-- where like days scatter more.
empty_days as (

    select
        feed, service_date, measured_as, day_kind, is_due, band_scores, silence_odds, actual,
        quiet_reason, surge_reason, days_compared, typical, has_bounds, dispersion, run_number,
        is_due and actual = 0 and quiet_reason is null as is_empty,
        case
            when dispersion > 1.000001 then typical * ln(dispersion) / (dispersion - 1)
            else typical
        end as surprise
    from compared

),

runs_of_empty_days as (

    select
        feed, service_date, measured_as, day_kind, is_due, silence_odds, actual,
        quiet_reason, surge_reason, days_compared, typical, has_bounds, is_empty,
        greatest(sqrt(typical) - band_scores * sqrt(dispersion) / 2, 0) as low_root,
        sqrt(typical) + band_scores * sqrt(dispersion) / 2 as high_root,
        {{ exact_sum('case when is_empty then surprise else 0 end', 15, 'run_so_far') }}
            as surprise_so_far
    from empty_days
    window run_so_far as (
        partition by feed, is_due, run_number
        order by service_date asc nulls last
        rows between unbounded preceding and current row
    )

),

final as (

    select
        feed,
        service_date,
        measured_as,
        day_kind,
        is_due,
        actual,
        days_compared,
        cast(round(typical, 3) as decimal(18, 3)) as typical,
        case when has_bounds then cast(floor(power(low_root, 2)) as bigint) end
            as typical_low,
        case when has_bounds then cast(ceil(power(high_root, 2)) as bigint) end
            as typical_high,
        case when is_empty then exp(-surprise_so_far) end as chance_of_silence,
        silence_odds,
        quiet_reason,
        surge_reason
    from runs_of_empty_days

)

select * from final
