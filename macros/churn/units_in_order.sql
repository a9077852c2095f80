{% macro units_in_order(cells, measures, smallest, forced, last) -%}
    {#-
        CTEs of withheld_units, whose arguments these are: `measured`, its counts one by one; `units_ranked`, since
        when a unit is too small or forced, in which month it appears, and its place in the order of joining.
    -#}
    measured as (

        {% for measure in measures -%}
        select segment_kind, part, unit, month, '{{ measure }}' as measure, {{ measure }} as amount
        from {{ cells }}
        {% if not loop.last -%}
        union all
        {% endif -%}
        {% endfor %}

    ),

    marks as (

        select measured.segment_kind, measured.unit, measured.month
        from measured
        cross join {{ smallest }} as smallest
        where measured.amount > 0 and measured.amount < smallest.min_cell_size
        {% if forced -%}
        union all
        select segment_kind, unit, since as month
        from {{ forced }}
        {%- endif %}

    ),

    marks_first as (

        select segment_kind, unit, min(month) as marked_since
        from marks
        group by 1, 2

    ),

    first_month as (

        select min(month) as month from {{ cells }}

    ),

    units as (

        select
            cells.segment_kind,
            cells.unit,
            min(case when cells.opening_lines + cells.gross_adds > 0 then cells.month end)
                as appears_in,
            sum(case when cells.month = first_month.month then cells.opening_lines else 0 end)
                as first_stock
        from {{ cells }} as cells
        cross join first_month
        group by 1, 2

    ),

    units_ranked as (

        select
            units.segment_kind,
            units.unit,
            units.appears_in,
            marks_first.marked_since,
            row_number() over (
                partition by units.segment_kind
                order by
                    {% if last -%}
                    case when units.unit = '{{ last }}' then 1 else 0 end asc,
                    {% endif -%}
                    units.appears_in asc nulls last,
                    length(cast(units.first_stock as string)) asc nulls last,
                    units.unit asc
            ) as place
        from units
        left join marks_first
            on
                units.segment_kind = marks_first.segment_kind
                and units.unit = marks_first.unit

    ),
{%- endmacro %}
