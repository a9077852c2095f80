-- Grain: one row per (customer_key, spell_number), an unbroken time with a line in service.
-- A customer is in service at the end of a day with at least one line, and leaves with the last.
-- Only customers with a line that came or ended since the opening delivery have days of their own;
-- the others are stock.

{{ config(materialized='keyed', unique_key='customer_key') }}

with line_spells as (

    select * from {{ ref('int_line_spells') }}
    {{ in_scope('customer_key') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

customers as (

    select
        line_spells.customer_key,
        count(*) filter (where line_spells.activated_on <= delivery_facts.opening_on)
            as lines_known_at_opening,
        count(*) filter (
            where
            line_spells.activated_on <= delivery_facts.opening_on
            and coalesce(line_spells.terminated_on > delivery_facts.opening_on, true)
        ) as opening_lines
    from line_spells
    cross join delivery_facts
    group by 1

),

changes as (

    select
        line_spells.customer_key,
        line_spells.activated_on as changed_on,
        1 as lines_added,
        0 as lines_ended,
        0 as lines_forced
    from line_spells
    inner join delivery_facts
        on line_spells.activated_on > delivery_facts.opening_on
    union all
    select
        line_spells.customer_key,
        line_spells.terminated_on as changed_on,
        0 as lines_added,
        1 as lines_ended,
        case when line_spells.termination_kind = 'forced' then 1 else 0 end as lines_forced
    from line_spells
    inner join delivery_facts
        on line_spells.terminated_on > delivery_facts.opening_on

),

changes_by_day as (

    select
        customer_key,
        changed_on,
        sum(lines_added) as lines_added,
        sum(lines_ended) as lines_ended,
        sum(lines_forced) as lines_forced
    from changes
    group by 1, 2

),

running as (

    select
        changes_by_day.customer_key,
        changes_by_day.changed_on,
        changes_by_day.lines_added,
        changes_by_day.lines_ended,
        changes_by_day.lines_forced,
        customers.opening_lines,
        customers.lines_known_at_opening,
        customers.opening_lines
        + sum(changes_by_day.lines_added - changes_by_day.lines_ended) over (
            partition by changes_by_day.customer_key
            order by changes_by_day.changed_on asc nulls last
            rows between unbounded preceding and current row
        ) as closing_lines
    from changes_by_day
    inner join customers
        on changes_by_day.customer_key = customers.customer_key

),

-- On which days did a customer come or leave? Not where another line stays in service.
turns as (

    select
        customer_key,
        changed_on,
        opening_lines > 0 as is_stock,
        lines_known_at_opening > 0 as is_known_at_opening,
        closing_lines - lines_added + lines_ended = 0 as is_arrival,
        closing_lines = 0 as is_departure,
        lines_forced = lines_ended as is_forced
    from running
    where
        closing_lines = 0
        or closing_lines - lines_added + lines_ended = 0

),

followed as (

    select
        customer_key,
        changed_on,
        is_stock,
        is_known_at_opening,
        is_arrival,
        is_departure,
        is_forced,
        sum(case when is_arrival then 1 else 0 end) over (
            partition by customer_key
            order by changed_on asc nulls last
            rows between unbounded preceding and current row
        ) as arrivals,
        lead(changed_on) over (
            partition by customer_key
            order by changed_on asc nulls last
        ) as next_turn_on,
        lead(is_forced) over (
            partition by customer_key
            order by changed_on asc nulls last
        ) as is_next_forced
    from turns

),

customers_without_turns as (

    select customers.customer_key
    from customers
    left join turns
        on customers.customer_key = turns.customer_key
    where
        customers.opening_lines > 0
        and turns.customer_key is null

),

final as (

    select
        customers_without_turns.customer_key,
        cast(1 as bigint) as spell_number,
        delivery_facts.opening_on as started_on,
        cast(null as date) as ended_on,
        true as is_left_truncated,
        cast(null as boolean) as is_rejoin,
        cast(null as boolean) as is_forced
    from customers_without_turns
    cross join delivery_facts
    union all
    select
        followed.customer_key,
        cast(1 as bigint) as spell_number,
        delivery_facts.opening_on as started_on,
        followed.changed_on as ended_on,
        true as is_left_truncated,
        cast(null as boolean) as is_rejoin,
        followed.is_forced
    from followed
    cross join delivery_facts
    where followed.arrivals = 0
    union all
    select
        customer_key,
        cast(arrivals + case when is_stock then 1 else 0 end as bigint) as spell_number,
        changed_on as started_on,
        case when is_departure then changed_on else next_turn_on end as ended_on,
        false as is_left_truncated,
        arrivals > 1 or is_known_at_opening as is_rejoin,
        case when is_departure then is_forced else is_next_forced end as is_forced
    from followed
    where is_arrival

)

select * from final
