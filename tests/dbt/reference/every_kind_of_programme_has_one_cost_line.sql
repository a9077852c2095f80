-- A programme whose kind stands in no cost line would be missing from the cost of its incident, and
-- in two it would be counted twice. Give its kind one row of ref_cost_lines.

with programmes as (

    select * from {{ ref('ref_programmes') }}

),

cost_lines as (

    select * from {{ ref('ref_cost_lines') }}

),

kinds as (

    select distinct kind from programmes

),

final as (

    select
        'programmes of kind ' || kinds.kind || ' stand in '
        || cast(count(cost_lines.cost_line) as string) || ' cost lines' as problem
    from kinds
    left join cost_lines
        on {{ is_listed('kinds.kind', bounded_list('cost_lines.programme_kinds')) }}
    group by kinds.kind
    having count(cost_lines.cost_line) <> 1
    union all
    select
        'there are ' || cast(count(*) as string) || ' cost lines without a kind' as problem
    from cost_lines
    where programme_kinds is null
    having count(*) <> 1

)

select * from final
