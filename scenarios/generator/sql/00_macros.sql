-- Randomness without a state: a draw in [0, 1) from seed, purpose and id. The same whatever the
-- threads, the order or the scale of other tables.
create macro draw(purpose, id) as (
    (hash(id, purpose, getvariable('scenario.seed')) >> 11) * 1.1102230246251565e-16
);

-- A card of a deck of 1,000: see table decks.
create macro card(purpose, id) as cast(floor(draw(purpose, id) * 1000) as smallint);

create macro param(name) as getvariable(name);

-- A point of time within a day: `share` of the way from one second of the day to another.
create macro time_on(day, share, from_second, to_second) as make_timestamp(
    (cast(day as date) - date '1970-01-01') * 86400000000
    + (from_second + cast(floor(share * (to_second - from_second)) as bigint)) * 1000000
);

create macro day_of(at_time) as cast(at_time as date);

-- The batch that carries what happened on a day: monthly before the daily batches.
create macro batch_of(day) as (
    case
        when day <= param('period.opening_on') then param('period.opening_on')
        when day < param('period.daily_from')
            then least(last_day(day), param('period.daily_from') - 1)
        else day
    end
);

create macro text_id(prefix, number) as prefix || lpad(cast(number as varchar), 9, '0');

-- Fourteen digits of an IMEI are the type code (its part of the Luhn sum is in type_codes) and a
-- serial of six, of which the second, fourth and sixth count double.
create macro doubled(digit) as 2 * digit - case when digit > 4 then 9 else 0 end;

create macro serial_luhn_sum(serial) as (
    serial // 100000
    + doubled(serial // 10000 % 10)
    + serial // 1000 % 10
    + doubled(serial // 100 % 10)
    + serial // 10 % 10
    + doubled(serial % 10)
);
