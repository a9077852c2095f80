-- The breach: access points, exposed users, unauthorised payments and what was said about them.

create table access_points as
with points as (
    select
        cast(range as integer) as point_no,
        range <= param('count.femtocells') as is_femtocell,
        range > param('count.femtocells') + param('count.macro_cells') as is_rogue
    from range(
        1,
        1 + param('count.femtocells') + param('count.macro_cells') + param('count.rogue')
    )
)

select
    points.point_no,
    case when points.is_femtocell or points.is_rogue then 'femtocell' else 'macro' end as kind,
    not points.is_rogue as is_registered,
    case
        when points.is_rogue then 'copied'
        when points.is_femtocell then 'shared'
        else 'individual'
    end as certificate_status,
    case when points.is_rogue then breach.code else regions.code end as region_code,
    points.is_rogue,
    -- The network's logs show a rogue point from the attack on, long before anybody looks.
    case when points.is_rogue then param('breach.attack_from') else param('period.opening_on') end
        as known_on
from points
inner join decks as regions
    on regions.deck = 'regions'
        and regions.slot = card('access_point.region', points.point_no)
inner join decks as breach
    on breach.deck = 'breach_regions'
        and breach.slot = card('access_point.region', points.point_no);

create macro rogue_point_no(purpose, id) as cast(
    param('count.femtocells') + param('count.macro_cells') + 1
    + floor(draw(purpose, id) * param('count.rogue')) as integer
);

-- Exposed users: some of those who left in the window, the rest from all lines in service during
-- the attack; their rank is the order in which they were found.
create table exposed as
with leaving as (
    select line_no
    from lines
    where population = param('own_handset')
        and is_incident
        and terminated_on >= param('window.first_on')
        and activated_on < param('breach.attack_from')
    order by draw('exposed.leaver', line_no), line_no
    limit param('count.exposed_leavers')
),

staying as (
    select line_no
    from lines
    where population = param('own_handset')
        and terminated_on is null
        and activated_on < param('breach.attack_from')
        and draw('exposed.pool', line_no)
        < 4.0 * param('count.exposed') / param('numbers.opening') + 0.00001
    order by draw('exposed', line_no), line_no
    limit param('count.exposed') - (select count(*) from leaving)
),

ranked as (
    select
        line_no,
        row_number() over (order by draw('exposed.rank', line_no), line_no) as place
    from (
        select line_no from leaving
        union all
        select line_no from staying
    )
)

select
    ranked.line_no,
    ranked.place,
    statements.stated_on as confirmed_on,
    -- Victims are the first of each statement's newly found.
    ranked.place - statements.exposed_before <= statements.new_victims as is_victim,
    param('breach.attack_from') + cast(floor(
        draw('exposed.day', ranked.line_no)
        * (param('breach.attack_to') - param('breach.attack_from') + 1)
    ) as integer) as first_seen_on,
    rogue_point_no('exposed.point', ranked.line_no) as point_no
from ranked
inner join plan.statements as statements
    on ranked.place > statements.exposed_before
        and ranked.place <= statements.exposed_total;

create table victims as
select
    line_no,
    confirmed_on,
    first_seen_on,
    point_no,
    row_number() over (order by place) as victim_no
from exposed
where is_victim;

-- Unauthorised payments: every victim has one at least; amounts sum to the published total.
create table unauthorised as
with cases as (
    select
        cast(range as integer) as case_no,
        case
            when range <= param('count.victims') then range
            else 1 + cast(floor(
                draw('case.victim', range) * param('count.victims')
            ) as bigint)
        end as victim_no,
        0.4 + draw('case.amount', range) as weight
    from range(1, 1 + param('count.cases'))
),

shares as (
    select
        cases.*,
        sum(weight) over (order by case_no rows unbounded preceding) as weight_to,
        sum(weight) over () as weight_total
    from cases
),

-- Cut the total at the rounded shares: the parts sum to it exactly. The last cut is the total.
cuts as (
    select
        case_no,
        victim_no,
        case
            when case_no = param('count.cases') then param('count.unauthorised_krw')
            else cast(floor(
                weight_to / weight_total * param('count.unauthorised_krw') / 10
            ) as bigint) * 10
        end as krw_to
    from shares
)

select
    cuts.case_no,
    victims.line_no,
    victims.confirmed_on,
    victims.point_no,
    cuts.krw_to - coalesce(lag(cuts.krw_to) over (order by cuts.case_no), 0) as amount_krw,
    case when draw('case.channel', cuts.case_no) < 0.8 then 'ars' else 'sms' end as channel,
    time_on(
        victims.first_seen_on + cast(floor(draw('case.day', cuts.case_no) * (
            param('breach.attack_to') - victims.first_seen_on + 1
        )) as integer),
        draw('case.hour', cuts.case_no),
        -- At night, when nobody looks.
        3600,
        18000
    ) as paid_at
from cuts
inner join victims
    on cuts.victim_no = victims.victim_no;

-- Ordinary payments for contrast; some of them are disputed without reason.
create table ordinary_payments as
with payers as (
    select
        line_no,
        activated_on,
        terminated_known_on,
        -- The order in which the dismissed ones are taken.
        draw('payment.order', line_no) as place
    from lines
    where population = param('own_handset')
        and activated_on < param('breach.attack_from')
        and coalesce(terminated_on, param('period.last_on')) > param('breach.attack_to') + 25
        and draw('payment', line_no)
        < 1.1 * param('count.legitimate_payments') / param('numbers.opening')
)

select
    line_no,
    row_number() over (order by place, line_no) as place,
    time_on(
        param('breach.attack_from') - 30 + cast(floor(draw('payment.day', line_no) * (
            param('breach.attack_to') - param('breach.attack_from') + 55
        )) as integer),
        draw('payment.hour', line_no),
        25200,
        86400
    ) as paid_at,
    900 + 100 * cast(floor(pow(draw('payment.amount', line_no), 3) * 990) as bigint) as amount_krw,
    case
        when draw('payment.channel', line_no) < 0.45 then 'dcb'
        when draw('payment.channel', line_no) < 0.80 then 'sms'
        else 'ars'
    end as channel
from payers;

-- One number for all payments, so that an identifier says nothing about the kind.
create table payments as
with unioned as (
    select
        line_no,
        paid_at,
        amount_krw,
        channel,
        point_no,
        case_no,
        null as place,
        confirmed_on
    from unauthorised
    union all
    select
        line_no,
        paid_at,
        amount_krw,
        channel,
        null,
        null,
        place,
        null
    from ordinary_payments
)

select
    unioned.*,
    row_number() over (order by paid_at, line_no, coalesce(case_no, 0)) as payment_no
from unioned;

create table disputes as
select
    payment_no,
    line_no,
    amount_krw,
    confirmed_on,
    'confirmed' as status
from payments
where case_no is not null
union all
select
    payment_no,
    line_no,
    amount_krw,
    greatest(
        day_of(paid_at) + 3 + cast(floor(draw('dispute.days', payment_no) * 30) as integer),
        param('breach.disclosed_on')
    ),
    'dismissed'
from payments
where place <= param('count.dismissed');
