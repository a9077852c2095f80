-- Which added lines leave again within the year, which go back where they came from, and which
-- leavers come back. A wish for a day meets a planned movement of that day, rank by rank; wishes
-- without a partner are dropped, so that the plan stays fulfilled to the unit.

-- Customers of another carrier's exodus who return to it in the window.
create table returners as
with window_days as (
    select
        processed_on,
        sum(n) as n
    from plan.port_outs
    where processed_on between param('window.first_on') and param('window.last_on')
        and destination = param('breach.exodus.carrier')
        and brand_class = 'own'
    group by processed_on
),

shares as (
    select
        processed_on,
        (sum(n) over (order by processed_on) - n) / sum(n) over () as share_from,
        sum(n) over (order by processed_on) / sum(n) over () as share_to
    from window_days
),

wishes as (
    select
        adds.add_id,
        shares.processed_on as day,
        row_number() over (
            partition by shares.processed_on
            order by draw('returner.rank', adds.add_id), adds.add_id
        ) as place
    from adds
    inner join shares
        on draw('returner.day', adds.add_id) >= shares.share_from
            and draw('returner.day', adds.add_id) < shares.share_to
    where adds.population = param('own_handset')
        and adds.donor = param('breach.exodus.carrier')
        and adds.day between param('breach.exodus.from') and param('breach.exodus.to')
        and draw('returner', adds.add_id) < param('porting.returner_share')
),

moves as (
    select
        event_id,
        day,
        row_number() over (
            partition by day
            order by draw('returner.event', event_id), event_id
        ) as place
    from terminations
    where kind = 'port_out'
        and population = param('own_handset')
        and recipient = param('breach.exodus.carrier')
        and day between param('window.first_on') and param('window.last_on')
)

select
    wishes.add_id,
    moves.event_id
from wishes
inner join moves
    on wishes.day = moves.day
        and wishes.place = moves.place;

-- Other added lines that leave within the year.
create table added_leavers as
with wishes as (
    select
        adds.add_id,
        adds.population,
        adds.day + param('lines.added_leaver_min_days') + cast(floor(
            -ln(1 - draw('added_leaver.days', adds.add_id)) * param('lines.added_leaver_mean_days')
        ) as integer) as day
    from adds
    left join returners
        on adds.add_id = returners.add_id
    where returners.add_id is null
        and draw('added_leaver', adds.add_id) < param('lines.added_leaver_share')
),

ranked_wishes as (
    select
        wishes.*,
        row_number() over (
            partition by population, day
            order by draw('added_leaver.rank', add_id), add_id
        ) as place
    from wishes
    where day <= param('period.last_on')
),

ranked_moves as (
    select
        terminations.event_id,
        terminations.population,
        terminations.day,
        row_number() over (
            partition by terminations.population, terminations.day
            order by draw('added_leaver.event', terminations.event_id), terminations.event_id
        ) as place
    from terminations
    left join returners
        on terminations.event_id = returners.event_id
    where returners.event_id is null
)

select
    add_id,
    event_id
from returners
union all
select
    ranked_wishes.add_id,
    ranked_moves.event_id
from ranked_wishes
inner join ranked_moves
    on ranked_wishes.population = ranked_moves.population
        and ranked_wishes.day = ranked_moves.day
        and ranked_wishes.place = ranked_moves.place;

-- Leavers since the retroactive day that port back with the same number within weeks.
create table rejoins as
with wishes as (
    select
        event_id,
        recipient,
        day + 3 + cast(floor(draw('rejoin.days', event_id) * 45) as integer) as day
    from terminations
    where kind = 'port_out'
        and population = param('own_handset')
        and day >= param('waiver.retroactive_from')
        and draw('rejoin', event_id) < param('porting.rejoin_share')
),

ranked_wishes as (
    select
        wishes.*,
        row_number() over (
            partition by recipient, day
            order by draw('rejoin.rank', event_id), event_id
        ) as place
    from wishes
),

ranked_adds as (
    select
        adds.add_id,
        adds.day,
        adds.donor,
        row_number() over (
            partition by adds.donor, adds.day
            order by draw('rejoin.add', adds.add_id), adds.add_id
        ) as place
    from adds
    left join added_leavers
        on adds.add_id = added_leavers.add_id
    where added_leavers.add_id is null
        and adds.activation_kind = 'port_in'
        and adds.population = param('own_handset')
        and adds.day >= param('waiver.retroactive_from')
)

select
    ranked_adds.add_id,
    ranked_wishes.event_id
from ranked_wishes
inner join ranked_adds
    on ranked_wishes.recipient = ranked_adds.donor
        and ranked_wishes.day = ranked_adds.day
        and ranked_wishes.place = ranked_adds.place;
