-- A pair stands once in either order, only a customer who comes back is compared with the same
-- programme, and only losses are set off against each other.

with exclusions as (

    select * from {{ ref('ref_programme_exclusions') }}

),

final as (

    select
        'pair ' || one.programme_a || ' and ' || one.programme_b || ' stands both ways'
            as problem
    from exclusions as one
    inner join exclusions as other
        on
            one.programme_a = other.programme_b
            and one.programme_b = other.programme_a
    where one.programme_a < one.programme_b
    union all
    select
        'pair ' || programme_a || ' and ' || programme_b || ' does not fit scope ' || scope
            as problem
    from exclusions
    where
        (scope = 'return') != (programme_a = programme_b)
        or (relation = 'offset' and scope != 'loss')

)

select * from final
