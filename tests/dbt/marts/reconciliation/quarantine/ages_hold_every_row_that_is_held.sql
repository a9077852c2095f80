-- The bands of age hold every held row and won once: no gap and no overlap between them.

with ageing as (

    select * from {{ ref('rpt_quarantine_ageing') }}

),

quarantined_rows as (

    select * from {{ ref('fct_quarantined_rows') }}

),

banded as (

    select
        coalesce(sum(held_rows), 0) as held_rows,
        coalesce(sum(held_krw), 0) as held_krw,
        coalesce(sum(overdue_rows), 0) as overdue_rows
    from ageing

),

listed as (

    select
        coalesce(sum(case when state = 'held' then 1 else 0 end), 0) as held_rows,
        coalesce(sum(held_krw), 0) as held_krw,
        coalesce(sum(case when is_overdue then 1 else 0 end), 0) as overdue_rows
    from quarantined_rows

),

final as (

    select
        banded.held_rows,
        listed.held_rows as listed_rows
    from banded
    cross join listed
    where
        banded.held_rows <> listed.held_rows
        or banded.held_krw <> listed.held_krw
        or banded.overdue_rows <> listed.overdue_rows

)

select * from final
