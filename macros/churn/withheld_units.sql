{% macro withheld_units(cells, measures, smallest, forced=none, last=none) -%}
    {#-
        Units of a table of counts that must not be shown, so that no shown figure, and none that can be subtracted
        from shown ones, counts fewer than `smallest` and more than nobody; with the month since which they are
        withheld, so that nothing comes out by laying the editions of several months beside each other either.

        cells     relation with segment_kind, part, unit, month, opening_lines, gross_adds and the measures; a row for
                  every month of every unit, zeros included. `part` splits units in a crossing; of a plain split it is
                  one word. Totals over units, and over parts, count as known to the reader.
        measures  columns that are withheld together; differences that a reader can form belong among them.
        smallest  relation of one row with min_cell_size.
        forced    relation of (segment_kind, unit, since) that are withheld for a reason outside of this table.
        last      unit that joins the withheld ones after all others of its kind.

        Edition of a month: all months up to it. A unit is withheld in all months and parts of an edition or in none,
        since a stock of next month and the flows of this one give away the other. Primary: a measure of the unit
        counts too few in some month so far. Complementary: the withheld ones together are what a reader gets by
        subtraction, so others join them, in one order that no edition changes (number of digits of the stock of the
        first month, since a stock itself moves a little when lines change their segment, then the name; units that
        appear later stand behind), until the withheld are two at least and together count nobody or enough in every
        month, part and measure - with this many joined, in this edition and in every earlier one. Hence what an edition withholds is withheld by all later ones. Where no choice is
        safe, the whole split is withheld.
    -#}
    with {{ units_in_order(cells, measures, smallest, forced, last) }}

    kinds_marked as (

        select segment_kind, min(marked_since) as marked_since
        from units_ranked
        where marked_since is not null
        group by 1

    ),

    editions as (

        select distinct kinds_marked.segment_kind, cells.month as edition
        from kinds_marked
        inner join {{ cells }} as cells
            on
                kinds_marked.segment_kind = cells.segment_kind
                and kinds_marked.marked_since <= cells.month

    ),

    places as (

        select segment_kind, place from units_ranked
        union all
        select segment_kind, 0 as place from kinds_marked

    ),

    -- If the first units up to a place joined those marked: who would be withheld in an edition?
    choices as (

        select
            editions.segment_kind,
            editions.edition,
            places.place,
            units_ranked.unit,
            units_ranked.appears_in,
            coalesce(units_ranked.marked_since <= editions.edition, false)
            or units_ranked.place <= places.place as is_withheld
        from editions
        inner join places on editions.segment_kind = places.segment_kind
        inner join units_ranked on editions.segment_kind = units_ranked.segment_kind

    ),

    choices_counted as (

        select
            segment_kind,
            edition,
            place,
            sum(case when appears_in <= edition then 1 else 0 end) as units,
            sum(case when is_withheld and appears_in <= edition then 1 else 0 end) as withheld
        from choices
        group by 1, 2, 3

    ),

    remainders as (

        select
            choices.segment_kind,
            choices.edition,
            choices.place,
            measured.part,
            measured.month,
            measured.measure,
            sum(measured.amount) as amount
        from choices
        inner join measured
            on
                choices.segment_kind = measured.segment_kind
                and choices.unit = measured.unit
                and choices.edition >= measured.month
        where choices.is_withheld
        group by 1, 2, 3, 4, 5, 6

    ),

    remainders_small as (

        select distinct remainders.segment_kind, remainders.edition, remainders.place
        from remainders
        cross join {{ smallest }} as smallest
        where remainders.amount > 0 and remainders.amount < smallest.min_cell_size

    ),

    places_unsafe as (

        select
            choices_counted.segment_kind,
            choices_counted.place,
            min(
                case
                    when choices_counted.withheld = choices_counted.units then null
                    when choices_counted.withheld < 2 then choices_counted.edition
                    when remainders_small.place is not null then choices_counted.edition
                end
            ) as unsafe_since
        from choices_counted
        left join remainders_small
            on
                choices_counted.segment_kind = remainders_small.segment_kind
                and choices_counted.edition = remainders_small.edition
                and choices_counted.place = remainders_small.place
        group by 1, 2

    ),

    places_chosen as (

        select editions.segment_kind, editions.edition, min(places_unsafe.place) as place
        from editions
        inner join places_unsafe on editions.segment_kind = places_unsafe.segment_kind
        where coalesce(places_unsafe.unsafe_since > editions.edition, true)
        group by 1, 2

    )

    select choices.segment_kind, choices.unit, min(choices.edition) as since
    from choices
    inner join places_chosen
        on
            choices.segment_kind = places_chosen.segment_kind
            and choices.edition = places_chosen.edition
            and choices.place = places_chosen.place
    where choices.is_withheld
    group by 1, 2
{%- endmacro %}
