-- Requests to move a number: completed ones by the plan; refused, withdrawn and undone ones on top.

create table port_moves as
with queued_outs as (
    select
        lines.line_no,
        lines.msisdn_no,
        lines.network_brand as donor,
        terminations.recipient,
        terminations.day as processed_on,
        queue.requested_on,
        lines.terminated_at as processed_at,
        lines.terminated_known_on as known_on
    from lines
    inner join terminations
        on lines.event_id = terminations.event_id
    inner join plan.queue as queue
        on terminations.day = queue.processed_on
            and draw('port.request', lines.line_no) >= queue.share_from
            and draw('port.request', lines.line_no) < queue.share_to
    where lines.termination_kind = 'port_out'
),

queued_ins as (
    select
        lines.line_no,
        lines.msisdn_no,
        lines.donor,
        lines.network_brand as recipient,
        lines.activated_on as processed_on,
        queue.requested_on,
        lines.activated_at as processed_at,
        lines.activated_on as known_on
    from lines
    inner join plan.queue as queue
        on lines.activated_on = queue.processed_on
            and draw('port.request_in', lines.line_no) >= queue.share_from
            and draw('port.request_in', lines.line_no) < queue.share_to
    where lines.activation_kind = 'port_in'
        and lines.activated_on > param('period.opening_on')
),

moves as (
    select * from queued_outs
    union all
    select * from queued_ins
)

select
    moves.line_no,
    moves.msisdn_no,
    moves.donor,
    moves.recipient,
    moves.processed_on,
    moves.requested_on,
    moves.known_on,
    case
        -- Same day: some minutes before it was processed.
        when moves.requested_on = moves.processed_on
            then moves.processed_at
            - to_seconds(cast(900 + floor(draw('port.wait', moves.line_no) * 2700) as bigint))
        -- The evening before: after the cut-off.
        when moves.requested_on = moves.processed_on - 1 and calendar.is_processing_day
            then time_on(moves.requested_on, draw('port.evening', moves.line_no), 72000, 86000)
        else time_on(moves.requested_on, draw('port.evening', moves.line_no), 32400, 79200)
    end as requested_at
from moves
left join plan.calendar as calendar
    on moves.requested_on = calendar.day;

create macro failure_share() as (
    param('porting.rejected_share') + param('porting.withdrawn_share')
    + param('porting.timed_out_share')
);

-- Requests that came to nothing.
create table port_failures as
select
    line_no,
    msisdn_no,
    network_brand as donor,
    cards.code as destination,
    brands.code as brand,
    case
        when draw('port.failure', line_no) * failure_share() < param('porting.rejected_share')
            then 'rejected'
        when draw('port.failure', line_no) * failure_share()
            < param('porting.rejected_share') + param('porting.withdrawn_share') then 'withdrawn'
        -- Nobody ever answers: it stays as it was asked.
        else 'requested'
    end as status,
    param('period.opening_on') + 1 + cast(floor(
        draw('port.failure_day', line_no)
        * (param('period.last_on') - param('period.opening_on') - 1)
    ) as integer) as requested_on
from lines
inner join decks as cards
    on cards.deck = 'destinations'
        and cards.slot = card('port.failure_destination', line_no)
inner join decks as brands
    on brands.deck = 'other_mvno_brands'
        and brands.slot = card('port.failure_brand', line_no)
where population = param('own_handset')
    and event_id is null
    and terminated_at is null
    and activated_on <= param('period.opening_on')
    and draw('port.failed', line_no)
    < failure_share()
    * param('numbers.port_outs') / param('numbers.opening');

-- Ports undone within days: the line comes back as it was. None near the published days.
create table reversals as
with quiet_days as (
    select
        processed_on,
        row_number() over (order by processed_on) - 1 as place,
        count(*) over () as days
    from (select distinct processed_on from plan.queue)
    where processed_on >= param('period.daily_from')
        and (
            processed_on < param('window.first_on') - param('dirt.late_quiet_days')
            or processed_on between param('window.last_on') + 7 and param('period.last_on') - 10
        )
),

picked as (
    select
        line_no,
        msisdn_no,
        network_brand
    from lines
    where population = param('own_handset')
        and event_id is null
        and terminated_at is null
        and recontract_on is null
        and device_change_on is null
        and activated_on < param('period.opening_on')
        and draw('reversal.pool', line_no) < 0.001 + 60.0 / param('numbers.opening')
    order by draw('reversal', line_no), line_no
    limit param('count.reversed')
)

select
    picked.line_no,
    picked.msisdn_no,
    picked.network_brand as donor,
    cards.code as destination,
    brands.code as brand,
    quiet_days.processed_on as port_on,
    quiet_days.processed_on + 1 + cast(floor(draw('reversal.lag', picked.line_no) * 3) as integer)
        as reversed_on
from picked
inner join quiet_days
    on cast(floor(draw('reversal.day', picked.line_no) * quiet_days.days) as bigint)
        = quiet_days.place
inner join decks as cards
    on cards.deck = 'destinations'
        and cards.slot = card('reversal.destination', picked.line_no)
inner join decks as brands
    on brands.deck = 'other_mvno_brands'
        and brands.slot = card('reversal.brand', picked.line_no);
