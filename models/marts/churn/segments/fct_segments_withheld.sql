-- Grain: one row per (segment_kind, unit) of which rpt_churn_segments_monthly withholds something.
-- Lines and their changes are withheld together, ports beside them: see the macro withheld_units.

with segments as (

    select * from {{ ref('fct_churn_segments_monthly') }}

),

privacy_rules as (

    select * from {{ ref('ref_privacy_rules') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

smallest as (

    select max_by(privacy_rules.min_cell_size, privacy_rules.known_from) as min_cell_size
    from privacy_rules
    cross join delivery_facts
    where
        privacy_rules.rule = 'published_counts'
        and privacy_rules.known_from <= delivery_facts.as_of_date

),

-- A month still running would grow by a day's leavers from one report to the next.
cells as (

    select
        month, segment_kind, part, unit, opening_lines, gross_adds, deactivations, port_outs,
        other_ends, closing_lines
    from segments
    where is_complete

),

plain_cells as (

    select
        month, segment_kind, part, unit, opening_lines, gross_adds, deactivations, port_outs,
        other_ends, closing_lines
    from cells
    where part = 'all'

),

crossed_cells as (

    select
        month, segment_kind, part, unit, opening_lines, gross_adds, deactivations, port_outs,
        other_ends, closing_lines
    from cells
    where part <> 'all'

),

-- What is withheld of the units alone must be withheld of their crossing as well, or the parts of
-- the crossing would add up to it.
crossings as (

    select distinct
        crossed_cells.segment_kind,
        plain_cells.segment_kind as unit_kind
    from crossed_cells
    inner join plain_cells
        on crossed_cells.segment_kind = 'exposure_and_' || plain_cells.segment_kind

),

-- The classes of exposure but `neither` add up to those affected, who are shown: it comes last.
lines_withheld_plain as (

    {{ worked_out_once('lines_withheld_plain', withheld_units('plain_cells',
        ['opening_lines', 'gross_adds', 'deactivations', 'closing_lines'], 'smallest',
        last='neither')) | indent }}

),

-- Where all lines of a kind are withheld, so is how they divide: the pieces add up to them.
lines_withheld_in_crossings as (

    select
        crossings.segment_kind,
        lines_withheld_plain.unit,
        lines_withheld_plain.since
    from crossings
    inner join lines_withheld_plain
        on crossings.unit_kind = lines_withheld_plain.segment_kind
    union
    select
        crossed_cells.segment_kind,
        crossed_cells.unit,
        lines_withheld_plain.since
    from crossed_cells
    inner join lines_withheld_plain
        on
            lines_withheld_plain.segment_kind = 'line_kind'
            and crossed_cells.part = lines_withheld_plain.unit

),

lines_withheld_crossed as (

    {{ worked_out_once('lines_withheld_crossed', withheld_units('crossed_cells',
        ['opening_lines', 'gross_adds', 'deactivations', 'closing_lines'], 'smallest',
        'lines_withheld_in_crossings')) | indent }}

),

-- Leavers by port and by other ways add up to the leavers: who is withheld there is withheld here.
ports_withheld_plain as (

    {{ worked_out_once('ports_withheld_plain', withheld_units('plain_cells',
        ['port_outs', 'other_ends'], 'smallest', 'lines_withheld_plain', 'neither')) | indent }}

),

ports_withheld_before_crossing as (

    select segment_kind, unit, since from lines_withheld_crossed
    union
    select
        crossings.segment_kind,
        ports_withheld_plain.unit,
        ports_withheld_plain.since
    from crossings
    inner join ports_withheld_plain
        on crossings.unit_kind = ports_withheld_plain.segment_kind
    union
    select
        crossed_cells.segment_kind,
        crossed_cells.unit,
        ports_withheld_plain.since
    from crossed_cells
    inner join ports_withheld_plain
        on
            ports_withheld_plain.segment_kind = 'line_kind'
            and crossed_cells.part = ports_withheld_plain.unit

),

ports_withheld_crossed as (

    {{ withheld_units('crossed_cells', ['port_outs', 'other_ends'], 'smallest',
        'ports_withheld_before_crossing') | indent }}

),

lines_withheld as (

    select segment_kind, unit from lines_withheld_plain
    union all
    select segment_kind, unit from lines_withheld_crossed

),

ports_withheld as (

    select segment_kind, unit from ports_withheld_plain
    union all
    select segment_kind, unit from ports_withheld_crossed

),

final as (

    select
        cast(ports_withheld.segment_kind as string) as segment_kind,
        cast(ports_withheld.unit as string) as unit,
        cast(lines_withheld.unit is not null as boolean) as is_suppressed
    from ports_withheld
    left join lines_withheld
        on
            ports_withheld.segment_kind = lines_withheld.segment_kind
            and ports_withheld.unit = lines_withheld.unit

)

select * from final
