-- The lines themselves: one row per line with everything that ever happens to it. Deliveries are
-- states of these rows as of a batch.

set variable "numbers.opening" = (select cast(sum(lines) as integer) from openings);
set variable "numbers.adds" = (select count(*) from adds);
set variable "numbers.planted" = (select count(*) from planted_lines);

create table holders as
select
    openings.population,
    openings.lines_before,
    populations.persons_per_line,
    populations.company_share,
    populations.contract_share,
    populations.contract_share / max(populations.contract_share) over () as contract_weight,
    populations.line_kind,
    populations.brand_class,
    cast(ceil(openings.lines * populations.persons_per_line) as integer) as persons,
    cast(coalesce(sum(ceil(openings.lines * populations.persons_per_line)) over (
        order by openings.position rows between unbounded preceding and 1 preceding
    ), 0) as integer) as persons_before,
    cast(openings.lines_before + 1 as integer) as first_line_no,
    cast(openings.lines_before + openings.lines as integer) as last_line_no
from openings
inner join plan.populations as populations
    on openings.population = populations.population;

set variable "numbers.persons" = (select sum(persons) from holders);
set variable "numbers.handset_persons" = (
    select persons from holders where population = param('own_handset')
);
set variable "numbers.handset_persons_before" = (
    select persons_before from holders where population = param('own_handset')
);

create macro company_no(line_no) as cast(
    param('numbers.persons') + param('numbers.adds') + 1
    + floor(draw('company', line_no) * param('numbers.companies')) as integer
);

create macro handset_person_no(purpose, line_no) as cast(
    param('numbers.handset_persons_before') + 1
    + floor(draw(purpose, line_no) * param('numbers.handset_persons')) as integer
);

create table line_numbers as
select
    population,
    cast(unnest(range(first_line_no, last_line_no + 1)) as integer) as line_no
from holders
order by first_line_no;

-- Terminations that the operator's systems deliver late; never near the published days.
create table late_terminations as
select
    event_id,
    day,
    day + param('dirt.late_from') + cast(floor(
        draw('late.days', event_id) * (param('dirt.late_to') - param('dirt.late_from') + 1)
    ) as integer) as known_on
from terminations
where kind in ('port_out', 'voluntary')
    and day >= param('period.daily_from')
    and (
        day < param('window.first_on') - param('dirt.late_quiet_days')
        or day > param('window.last_on')
    )
    and day + param('dirt.late_to') < param('period.last_on')
order by draw('late', event_id), event_id
limit param('count.late_rows.terminations');

-- The added lines that carry a number back, and the lines that had left with it.
create table returns as
select
    rejoins.add_id,
    rejoins.event_id,
    opening_leavers.line_no as left_line_no,
    adds.day as rejoined_on,
    time_on(
        adds.day, draw('line.hour', param('numbers.opening') + rejoins.add_id), 32400, 72000
    ) as rejoined_at
from rejoins
inner join opening_leavers
    on rejoins.event_id = opening_leavers.event_id
inner join adds
    on rejoins.add_id = adds.add_id;

-- What does not depend on where a line comes from: brand, plan, times of day, when it was known.
create macro line_details(base_rows) as table (
    select
        base.* exclude (rejoined_at, planted_terminated_at, donor),
        holders.line_kind,
        cast(case
            when base.brand_class = 'own' then param('operator')
            else brands.code
        end as code) as network_brand,
        plans.code as plan_code,
        case
            when base.donor is not null then base.donor
            when base.activation_kind = 'port_in' then case
                when donors.code = param('mvno_group') then others.code
                else donors.code
            end
        end as donor,
        coalesce(base.planted_terminated_at, case
            when base.termination_kind = 'port_out'
                then time_on(base.terminated_on, draw('port.hour', base.line_no), 36000, 72000)
            when base.terminated_on is not null
                then time_on(base.terminated_on, draw('end.hour', base.line_no), 0, 86400)
        end) as terminated_at,
        coalesce(late_terminations.known_on, base.terminated_on) as terminated_known_on,
        coalesce(base.rejoined_at, returns.rejoined_at) as rejoined_at
    from query_table(base_rows) as base
    inner join holders
        on base.population = holders.population
    inner join plan_cards as plans
        on base.population = plans.population
            and card('line.plan', base.line_no) = plans.slot
    inner join decks as brands
        on brands.deck = 'hosted_brands'
            and card('line.brand', base.line_no) = brands.slot
    inner join decks as donors
        on donors.deck = 'donors'
            and card('line.donor', base.line_no) = donors.slot
    inner join decks as others
        on others.deck = 'other_mvno_brands'
            and card('line.donor_brand', base.line_no) = others.slot
    left join late_terminations
        on base.event_id = late_terminations.event_id
    left join returns
        on base.event_id = returns.event_id
);

create table plan_cards as
select
    populations.population,
    decks.slot,
    decks.code
from decks
inner join plan.populations as populations
    on decks.deck = 'plans_' || populations.population;

create table class_cards as
select
    classes.brand_class,
    decks.slot,
    decks.code as class,
    terms.term_days
from decks
inner join (select distinct brand_class from plan.populations) as classes
    on decks.deck = 'contract_classes_' || classes.brand_class
inner join plan.contract_classes as terms
    on decks.code = terms.class;

-- Lines in service at the opening: first where they stand in their contract, then how old they are.
create view opening_base as
with positioned as (
    select
        line_numbers.line_no,
        holders.population,
        holders.line_kind,
        holders.brand_class,
        holders.lines_before,
        holders.persons_before,
        holders.persons_per_line,
        holders.company_share,
        holders.contract_weight,
        leavers.event_id,
        leavers.day as terminated_on,
        leavers.kind as termination_kind,
        coalesce(leavers.is_incident, false) as is_incident,
        leavers.kind in ('port_out', 'voluntary') as left_freely,
        classes.class as drawn_class,
        classes.term_days,
        draw('contract.position', line_numbers.line_no) as position,
        case
            when coalesce(leavers.kind, 'none') not in ('port_out', 'voluntary') then 0
            when leavers.is_incident then param('contracts.incident_after_end_share')
            else param('contracts.leaver_after_end_share')
        end * holders.contract_weight as after_end_share,
        case
            when coalesce(leavers.kind, 'none') not in ('port_out', 'voluntary')
                then holders.contract_share
            when leavers.is_incident
                then param('contracts.incident_in_term_share') * holders.contract_weight
            else param('contracts.leaver_in_term_share') * holders.contract_weight
        end as in_term_share
    from line_numbers
    inner join holders
        on line_numbers.population = holders.population
    left join opening_leavers as leavers
        on line_numbers.line_no = leavers.line_no
    inner join class_cards as classes
        on holders.brand_class = classes.brand_class
            and card('contract.class', line_numbers.line_no) = classes.slot
),

signed as (
    select
        positioned.*,
        case
            when position < after_end_share then 'after_end'
            when position < after_end_share + in_term_share then 'in_term'
            when position < after_end_share + in_term_share
                + param('contracts.old_share') * contract_weight then 'old'
        end as contract_position,
        case
            when position < after_end_share
                then terminated_on - term_days - cast(floor(
                    pow(draw('contract.age', line_no), 2) * param('contracts.leaver_after_end_days')
                ) as integer)
            when position < after_end_share + in_term_share
                then param('period.opening_on') - cast(floor(
                    draw('contract.age', line_no) * greatest(
                        term_days
                        - case
                            when left_freely then terminated_on - param('period.opening_on')
                            else 0
                        end,
                        1
                    )
                ) as integer)
            when position < after_end_share + in_term_share
                + param('contracts.old_share') * contract_weight
                then param('contracts.old_from') + cast(floor(
                    draw('contract.age', line_no)
                    * (param('period.opening_on') - 3 * 365 - param('contracts.old_from'))
                ) as integer)
        end as signed_on
    from positioned
),

aged as (
    select
        signed.*,
        case
            when draw('line.new_with_contract', line_no) < 0.35 and signed_on is not null
                then signed_on
            else least(
                coalesce(signed_on, param('period.opening_on')),
                param('period.opening_on') - cast(least(
                    floor(-ln(1 - draw('line.age', line_no)) * param('lines.mean_age_days')),
                    param('lines.oldest_days')
                ) as integer)
            )
        end as activated_on
    from signed
)

select
    line_no,
    population,
    brand_class,
    event_id,
    is_incident,
    activated_on,
    terminated_on,
    termination_kind,
    case when signed_on is not null then drawn_class end as contract_class,
    signed_on,
    case when signed_on > activated_on then signed_on end as earlier_recontract_on,
    case
        when draw('line.earlier_device', line_no) < param('lines.earlier_device_change_share')
            then activated_on + cast(floor(
                draw('line.earlier_device_day', line_no)
                * (param('period.opening_on') - activated_on)
            ) as integer)
    end as earlier_device_change_on,
    case
        when contract_weight = 0 then null
        when left_freely
            then case
                when draw('line.recontract', line_no)
                    < param('lines.leaver_recontract_share') * contract_weight
                    and terminated_on > param('period.opening_on') + 20
                    then param('period.opening_on') + 1 + cast(floor(
                        draw('line.recontract_day', line_no)
                        * (terminated_on - param('period.opening_on') - 11)
                    ) as integer)
            end
        when event_id is null
            and draw('line.recontract', line_no)
            < param('lines.recontract_per_year') * contract_weight
            then param('period.opening_on') + 1 + cast(floor(
                draw('line.recontract_day', line_no)
                * (param('period.last_on') - param('period.opening_on'))
            ) as integer)
    end as recontract_on,
    case
        when line_kind <> 'handset' then null
        when left_freely
            then case
                when draw('line.device', line_no) < param('lines.leaver_device_change_share')
                    and terminated_on > param('period.opening_on') + 20
                    then param('period.opening_on') + 1 + cast(floor(
                        draw('line.device_day', line_no)
                        * (terminated_on - param('period.opening_on') - 11)
                    ) as integer)
            end
        when event_id is null
            and draw('line.device', line_no) < param('lines.device_change_per_year')
            then param('period.opening_on') + 1 + cast(floor(
                draw('line.device_day', line_no)
                * (param('period.last_on') - param('period.opening_on'))
            ) as integer)
    end as device_change_on,
    case
        when termination_kind = 'forced'
            then greatest(terminated_on - param('lines.forced_suspension_days'), activated_on)
        when draw('line.suspended', line_no) < param('lines.suspended_share')
            then greatest(param('period.opening_on') - cast(floor(
                draw('line.suspended_day', line_no) * 200
            ) as integer), activated_on)
    end as suspended_on,
    cast(case
        when draw('line.company', line_no) < company_share then company_no(line_no)
        when persons_per_line > 0
            then persons_before + 1 + floor((line_no - lines_before - 1) * persons_per_line)
        else handset_person_no('line.holder', line_no)
    end as integer) as customer_no,
    -- Up to the opening nothing but the day counts; the time of day is drawn.
    time_on(activated_on, draw('line.hour', line_no), 32400, 72000) as activated_at,
    cast(case
        when draw('line.by_port', line_no) < param('lines.opened_by_port_share')
            and line_kind = 'handset' then 'port_in'
        else 'new'
    end as code) as activation_kind,
    cast(null as timestamp) as planted_terminated_at,
    cast(null as code) as donor,
    line_no as msisdn_no,
    cast(null as timestamp) as rejoined_at
from aged;

-- In order, whatever the threads: joins on several threads return rows as it comes.
create table lines as
select * from line_details('opening_base')
order by line_no;

drop table line_numbers;

create table holders_of_returns as
select
    returns.add_id,
    returns.left_line_no,
    lines.customer_no as left_customer_no
from lines
inner join returns
    on lines.line_no = returns.left_line_no;

create view added_base as
with joined as (
    select
        adds.*,
        param('numbers.opening') + adds.add_id as line_no,
        holders.line_kind,
        holders.brand_class,
        holders.contract_weight,
        holders.company_share,
        added_leavers.event_id,
        terminations.day as terminated_on,
        terminations.kind as termination_kind,
        coalesce(terminations.is_incident, false) as is_incident,
        classes.class as drawn_class,
        ported_back.left_customer_no,
        ported_back.left_line_no
    from adds
    inner join holders
        on adds.population = holders.population
    inner join class_cards as classes
        on holders.brand_class = classes.brand_class
            and card('contract.class', param('numbers.opening') + adds.add_id) = classes.slot
    left join added_leavers
        on adds.add_id = added_leavers.add_id
    left join terminations
        on added_leavers.event_id = terminations.event_id
    left join holders_of_returns as ported_back
        on adds.add_id = ported_back.add_id
),

signed as (
    select
        joined.*,
        draw('contract.position', line_no)
        < param('contracts.added_line_share') * contract_weight as has_contract
    from joined
)

select
    line_no,
    population,
    brand_class,
    event_id,
    is_incident,
    day as activated_on,
    terminated_on,
    termination_kind,
    case when has_contract then drawn_class end as contract_class,
    case when has_contract then day end as signed_on,
    cast(null as date) as earlier_recontract_on,
    cast(null as date) as earlier_device_change_on,
    cast(null as date) as recontract_on,
    cast(null as date) as device_change_on,
    case
        when termination_kind = 'forced'
            then greatest(terminated_on - param('lines.forced_suspension_days'), day)
    end as suspended_on,
    cast(case
        when left_customer_no is not null then left_customer_no
        when line_kind = 'iot' or draw('line.company', line_no) < company_share
            then company_no(line_no)
        when draw('line.new_customer', line_no) < param('customers.new_customer_share')
            then param('numbers.persons') + add_id
        else handset_person_no('line.holder', line_no)
    end as integer) as customer_no,
    time_on(day, draw('line.hour', line_no), 32400, 72000) as activated_at,
    activation_kind,
    cast(null as timestamp) as planted_terminated_at,
    donor,
    coalesce(left_line_no, line_no) as msisdn_no,
    cast(null as timestamp) as rejoined_at
from signed;

insert into lines
select * from line_details('added_base')
order by line_no;

-- The planted lines, and the second lines of those that come back.
create table planted_numbered as
select
    planted_lines.*,
    cast(
        param('numbers.opening') + param('numbers.adds') + planted_lines.planted_no as integer
    ) as line_no,
    cast(
        param('numbers.opening') + param('numbers.adds') + param('numbers.planted')
        + planted_lines.planted_no as integer
    ) as second_line_no
from planted_lines;

create view planted_base as
with base as (
    select
        planted_numbered.*,
        holders.brand_class,
        cast(case
            when holders.line_kind = 'iot' then company_no(line_no)
            else handset_person_no('line.holder', line_no)
        end as integer) as customer_no
    from planted_numbered
    inner join holders
        on planted_numbered.population = holders.population
)

select
    line_no,
    population,
    brand_class,
    cast(null as integer) as event_id,
    false as is_incident,
    day_of(activated_at) as activated_on,
    day_of(terminated_at) as terminated_on,
    kind as termination_kind,
    contract as contract_class,
    signed_on,
    case when signed_on > day_of(activated_at) then signed_on end as earlier_recontract_on,
    cast(null as date) as earlier_device_change_on,
    recontract_on,
    device_change_on,
    case when kind = 'forced' then day_of(terminated_at) - 30 end as suspended_on,
    customer_no,
    activated_at,
    cast('new' as code) as activation_kind,
    terminated_at as planted_terminated_at,
    cast(null as code) as donor,
    line_no as msisdn_no,
    rejoined_at
from base
union all
select
    second_line_no,
    population,
    brand_class,
    null,
    false,
    day_of(rejoined_at),
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    customer_no,
    rejoined_at,
    'new',
    null,
    null,
    line_no,
    null
from base
where rejoined_at is not null;

insert into lines
select * from line_details('planted_base')
order by line_no;
