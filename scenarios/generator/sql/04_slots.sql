-- How many lines each population has at the opening, so that the number in service on the day of
-- measurement is met to the unit; and which of them are the leavers.

create table openings as
with remaining as (
    select
        terminations.population,
        count(*) as leavers,
        count(*) filter (terminations.day > param('period.measured_on')) as measured
    from terminations
    left join added_leavers
        on terminations.event_id = added_leavers.event_id
    where added_leavers.event_id is null
    group by terminations.population
),

added as (
    select
        adds.population,
        count(*) as measured
    from adds
    left join added_leavers
        on adds.add_id = added_leavers.add_id
    left join terminations
        on added_leavers.event_id = terminations.event_id
    where adds.day <= param('period.measured_on')
        and (terminations.day is null or terminations.day > param('period.measured_on'))
    group by adds.population
),

planted as (
    select
        population,
        count(*) filter (
            day_of(activated_at) <= param('period.measured_on')
            and day_of(terminated_at) > param('period.measured_on')
        )
        -- The second lines of those that come back.
        + count(*) filter (day_of(rejoined_at) <= param('period.measured_on')) as measured
    from planted_lines
    group by population
),

counted as (
    select
        populations.position,
        populations.population,
        populations.lines
        - coalesce(remaining.measured, 0)
        - coalesce(added.measured, 0)
        - coalesce(planted.measured, 0) as survivors,
        coalesce(remaining.leavers, 0) as leavers
    from plan.populations
    left join remaining
        on populations.population = remaining.population
    left join added
        on populations.population = added.population
    left join planted
        on populations.population = planted.population
)

select
    position,
    population,
    survivors,
    leavers,
    survivors + leavers as lines,
    coalesce(sum(survivors + leavers) over (
        order by position rows between unbounded preceding and 1 preceding
    ), 0) as lines_before
from counted;

-- Leavers are spread evenly over the numbers, in an order that says nothing about the day.
create table opening_leavers as
with remaining as (
    select
        terminations.*,
        row_number() over (
            partition by terminations.population
            order by draw('slot', terminations.event_id), terminations.event_id
        ) - 1 as place
    from terminations
    left join added_leavers
        on terminations.event_id = added_leavers.event_id
    where added_leavers.event_id is null
)

select
    cast(
        openings.lines_before
        + (remaining.place * openings.lines + openings.leavers - 1) // openings.leavers
        + floor(
            draw('slot.jitter', remaining.event_id)
            * greatest(openings.lines // openings.leavers - 1, 0)
        )
        + 1 as integer
    ) as line_no,
    remaining.event_id,
    remaining.day,
    remaining.kind,
    remaining.is_incident
from remaining
inner join openings
    on remaining.population = openings.population;
