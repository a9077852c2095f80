{% macro swept(relation, slots) -%}
    {#-
        CTEs that invert symmetric matrices held in long form (fit_id, row_order, column_order, value) by sweeping one
        pivot after the other (Goodnight 1979); the last is `swept`, the negative of the inverse. Diagonals are to be 1:
        what is left of a pivot is the share of its column that the columns before it do not explain. Where that is no
        more than the `min_share` of its row, the column is left out: its row and column become 0.
        Not by a filter: engines that inline CTEs would push each of them down all steps.
        No recursion and no list, so that any engine reads it; as many steps as there may be columns.
    -#}
    {%- for slot in range(1, slots + 1) -%}
    {%- set before = relation if loop.first else 'swept_' ~ (slot - 1) %}
    pivoted_{{ slot }} as (

        select
            fit_id,
            row_order,
            column_order,
            value,
            min_share,
            max(case when row_order = {{ slot }} and column_order = {{ slot }} then value end)
                over (partition by fit_id) as pivot_value,
            max(case when row_order = {{ slot }} and column_order = {{ slot }} then min_share end)
                over (partition by fit_id) as pivot_min_share,
            max(case when column_order = {{ slot }} then value end)
                over (partition by fit_id, row_order) as row_value,
            max(case when row_order = {{ slot }} then value end)
                over (partition by fit_id, column_order) as column_value
        from {{ before }}

    ),

    {{ 'swept' if loop.last else 'swept_' ~ slot }} as (

        select
            fit_id,
            row_order,
            column_order,
            min_share,
            case
                when pivot_value is null then value
                when pivot_value <= pivot_min_share and (row_order = {{ slot }} or column_order = {{ slot }})
                    then 0
                when pivot_value <= pivot_min_share then value
                when row_order = {{ slot }} and column_order = {{ slot }} then -1 / pivot_value
                when row_order = {{ slot }} or column_order = {{ slot }} then value / pivot_value
                else value - row_value * column_value / pivot_value
            end as value
        from pivoted_{{ slot }}

    ),
    {%- endfor %}
{%- endmacro %}
