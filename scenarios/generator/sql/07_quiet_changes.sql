-- Changes under which a line goes on: another number, another holder, another plan. On lines to
-- which nothing else happens; holders and plans change within the hosted brands only, which no
-- programme reads.

create table quiet_changes as
with kinds as (
    select
        change_kind,
        n,
        case when change_kind = 'number' then param('own_handset') else param('hosted_handset') end
            as population
    from plan.quiet_changes
),

pool as (
    select
        lines.line_no,
        lines.customer_no,
        lines.plan_code,
        kinds.change_kind,
        kinds.n,
        holders.persons,
        holders.persons_before,
        row_number() over (
            partition by kinds.change_kind
            order by draw('quiet.' || kinds.change_kind, lines.line_no), lines.line_no
        ) as place
    from lines
    inner join kinds
        on lines.population = kinds.population
    inner join holders
        on lines.population = holders.population
    left join reversals
        on lines.line_no = reversals.line_no
    left join port_failures
        on lines.line_no = port_failures.line_no
    where lines.activated_on < param('period.opening_on')
        and lines.terminated_on is null
        and coalesce(lines.device_change_on, lines.recontract_on, lines.suspended_on) is null
        and lines.customer_no between holders.persons_before + 1
        and holders.persons_before + holders.persons
        and reversals.line_no is null
        and port_failures.line_no is null
        and draw('quiet.pool.' || kinds.change_kind, lines.line_no)
        < (4.0 * kinds.n + 60) / param('numbers.opening')
        * case when kinds.change_kind = 'number' then 1 else 12 end
),

-- A line changes once: the holder's change wins over the plan's.
ranked as (
    select
        *,
        row_number() over (partition by line_no order by change_kind, place) as turn
    from pool
    where place <= n
)

select
    ranked.line_no,
    ranked.change_kind,
    param('period.daily_from') + 5 + cast(floor(
        draw('quiet.day', ranked.line_no)
        * (param('period.last_on') - param('period.daily_from') - 10)
    ) as integer) as changed_on,
    case
        when ranked.change_kind = 'holder' then cast(
            ranked.persons_before + 1 + (
                ranked.customer_no - ranked.persons_before
                + cast(floor(draw('quiet.holder', ranked.line_no) * (ranked.persons - 1)) as integer)
            ) % ranked.persons as integer
        )
    end as new_customer_no,
    -- The numbers of lines end long before.
    case when ranked.change_kind = 'number' then cast(ranked.line_no + 40000000 as integer) end
        as new_msisdn_no,
    case when ranked.change_kind = 'plan' then plans.code end as new_plan_code
from ranked
inner join (
    select
        population,
        min(code) as first_plan,
        max(code) as last_plan
    from plan_cards
    group by population
) as ends
    on ends.population = case
        when ranked.change_kind = 'number' then param('own_handset')
        else param('hosted_handset')
    end
inner join (select distinct population, code from plan_cards) as plans
    on ends.population = plans.population
        and plans.code = case
            when ranked.plan_code = ends.first_plan then ends.last_plan
            else ends.first_plan
        end
where ranked.turn = 1
order by ranked.line_no;
