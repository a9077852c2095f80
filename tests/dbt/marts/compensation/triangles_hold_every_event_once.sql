-- The newest lag of all cohorts of a programme is all that was taken up, holders and won.

with development as (

    select * from {{ ref('rpt_uptake_development') }}

),

events as (

    select * from {{ ref('fct_uptake_events') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

in_triangles as (

    select
        programme_id,
        sum(incremental_takers) as takers,
        sum(incremental_krw) as krw,
        sum(case when lag = 0 then entitled_krw else 0 end) as entitled_krw
    from development
    group by 1

),

delivered as (

    select
        events.programme_id,
        sum(case when events.event_kind = 'taken' then events.holder_count else 0 end) as takers,
        sum(case when events.event_kind = 'taken' then events.amount_krw else 0 end) as krw,
        sum(case when events.event_kind = 'entitled' then events.amount_krw else 0 end)
            as entitled_krw
    from events
    cross join delivery_facts
    where events.event_on <= delivery_facts.as_of_date
    group by 1

),

final as (

    select
        coalesce(delivered.programme_id, in_triangles.programme_id) as programme_id,
        delivered.krw,
        in_triangles.krw as krw_in_triangles
    from delivered
    full outer join in_triangles
        on delivered.programme_id = in_triangles.programme_id
    where
        delivered.takers is distinct from in_triangles.takers
        or delivered.krw is distinct from in_triangles.krw
        or coalesce(delivered.entitled_krw, 0) != coalesce(in_triangles.entitled_krw, 0)

)

select * from final
