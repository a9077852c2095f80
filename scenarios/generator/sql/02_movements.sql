-- Every termination and every added line as one row, by the plan; not yet which line it is.

create table terminations as
with port_outs as (
    select
        processed_on as day,
        brand_class,
        destination,
        n_incident,
        n_waited,
        n_pulled_forward,
        unnest(range(n)) as sequence
    from plan.port_outs
),

numbered_port_outs as (
    select
        port_outs.*,
        row_number() over (order by day, brand_class, destination, sequence) as event_id
    from port_outs
),

other as (
    select
        day,
        population,
        kind,
        unnest(range(n)) as sequence
    from plan.terminations
),

numbered_other as (
    select
        other.*,
        (select count(*) from numbered_port_outs)
        + row_number() over (order by day, population, kind, sequence) as event_id
    from other
)

select
    cast(ports.event_id as integer) as event_id,
    ports.day,
    populations.code as population,
    cast('port_out' as code) as kind,
    case when ports.destination = param('mvno_group') then brands.code else ports.destination end
        as recipient,
    ports.sequence < ports.n_incident as is_incident,
    -- Those whom the incident only moved in time are no lasting loss.
    case
        when ports.sequence < ports.n_waited then 'waited'
        when ports.sequence < ports.n_waited + ports.n_pulled_forward then 'pulled_forward'
        when ports.sequence < ports.n_incident then 'incident'
    end as cause
from numbered_port_outs as ports
inner join decks as populations
    on populations.deck = 'port_out_populations_' || ports.brand_class
        and populations.slot = card('port_out.population', ports.event_id)
inner join decks as brands
    on brands.deck = 'other_mvno_brands'
        and brands.slot = card('port_out.brand', ports.event_id)
union all
select
    cast(event_id as integer),
    day,
    population,
    kind,
    null,
    false,
    null
from numbered_other;

create table adds as
with port_ins as (
    select
        processed_on as day,
        brand_class,
        donor_group,
        is_exodus,
        unnest(range(n)) as sequence
    from plan.port_ins
),

new_lines as (
    select
        day,
        population,
        unnest(range(n)) as sequence
    from plan.new_lines
),

unioned as (
    select
        day,
        cast(case brand_class
            when 'own' then param('own_handset')
            else param('hosted_handset')
        end as code) as population,
        cast('port_in' as code) as activation_kind,
        donor_group,
        is_exodus,
        sequence
    from port_ins
    union all
    select
        day,
        population,
        cast('new' as code),
        null,
        false,
        sequence
    from new_lines
),

numbered as (
    select
        unioned.*,
        row_number() over (
            order by day, population, activation_kind, donor_group nulls first, is_exodus, sequence
        ) as add_id
    from unioned
)

select
    cast(numbered.add_id as integer) as add_id,
    numbered.day,
    numbered.population,
    numbered.activation_kind,
    case
        when numbered.donor_group = param('mvno_group') then brands.code
        else numbered.donor_group
    end as donor,
    numbered.is_exodus
from numbered
inner join decks as brands
    on brands.deck = 'other_mvno_brands'
        and brands.slot = card('port_in.brand', numbered.add_id);
