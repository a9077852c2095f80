{% macro withheld_units(cells, measures, smallest, forced=none) -%}
    {#-
        Units of a table of counts that must not be shown, so that no shown figure, and none that can be subtracted
        from shown ones, counts fewer than `smallest` and more than nobody.

        cells     relation with segment_kind, part, unit, month, opening_lines and the measures; a row for every
                  month of every unit, zeros included. `part` splits units in a crossing; of a plain split it is one
                  word. Totals over units, and over parts, count as known to the reader.
        measures  columns that are withheld together; differences that a reader can form belong among them.
        smallest  relation of one row with min_cell_size.
        forced    relation of (segment_kind, unit) that are withheld for a reason outside of this table.

        A unit is withheld in all months and parts or in none, since a stock of next month and the flows of this one
        give away the other. Primary: a measure of the unit counts too few in some month and part. Complementary: the
        withheld ones together are what a reader gets by subtraction, so the smallest of the others join them until
        they are two at least, and together count nobody or enough in every month, part and measure. Where no choice
        is safe, the whole split is withheld.
    -#}
    with measured as (

        {% for measure in measures -%}
        select
            segment_kind,
            part,
            unit,
            month,
            opening_lines as size,
            '{{ measure }}' as measure,
            {{ measure }} as amount
        from {{ cells }}
        {% if not loop.last -%}
        union all
        {% endif -%}
        {% endfor %}

    ),

    units as (

        select
            measured.segment_kind,
            measured.unit,
            max(
                case
                    when measured.amount > 0 and measured.amount < smallest.min_cell_size then 1
                    else 0
                end
            ) as is_small,
            sum(measured.size) as size
        from measured
        cross join {{ smallest }} as smallest
        group by 1, 2

    ),

    units_marked as (

        select
            units.segment_kind,
            units.unit,
            units.size,
            {% if forced -%}
            case when units.is_small = 1 or forced.unit is not null then 1 else 0 end as is_marked
            {%- else -%}
            units.is_small as is_marked
            {%- endif %}
        from units
        {% if forced -%}
        left join {{ forced }} as forced
            on
                units.segment_kind = forced.segment_kind
                and units.unit = forced.unit
        {%- endif %}

    ),

    units_ranked as (

        select
            segment_kind,
            unit,
            row_number() over (
                partition by segment_kind
                order by is_marked desc nulls last, size asc, unit asc
            ) as place,
            sum(is_marked) over (partition by segment_kind) as marked,
            count(*) over (partition by segment_kind) as units
        from units_marked

    ),

    remainders as (

        select
            measured.segment_kind,
            units_ranked.place,
            sum(measured.amount) over (
                partition by
                    measured.segment_kind, measured.part, measured.month, measured.measure
                order by units_ranked.place asc nulls last
                rows between unbounded preceding and current row
            ) as amount
        from measured
        inner join units_ranked
            on
                measured.segment_kind = units_ranked.segment_kind
                and measured.unit = units_ranked.unit

    ),

    places as (

        select
            remainders.segment_kind,
            remainders.place,
            max(
                case
                    when remainders.amount > 0 and remainders.amount < smallest.min_cell_size
                        then 1
                    else 0
                end
            ) as is_unsafe
        from remainders
        cross join {{ smallest }} as smallest
        group by 1, 2

    ),

    last_places as (

        select
            units_ranked.segment_kind,
            coalesce(
                min(case when places.is_unsafe = 0 then units_ranked.place end),
                max(units_ranked.units)
            ) as place
        from units_ranked
        inner join places
            on
                units_ranked.segment_kind = places.segment_kind
                and units_ranked.place = places.place
        where
            units_ranked.marked > 0
            and units_ranked.place >= least(greatest(units_ranked.marked, 2), units_ranked.units)
        group by 1

    )

    select
        units_ranked.segment_kind,
        units_ranked.unit
    from units_ranked
    inner join last_places
        on
            units_ranked.segment_kind = last_places.segment_kind
            and units_ranked.place <= last_places.place
{%- endmacro %}
