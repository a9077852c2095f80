-- Grain: one row per (published_table, key, column_name).
-- What was published in the generation before and reads otherwise now, with the cause. dbt makes it
-- empty; it is filled after the gate of the marts, when there is something to compare, and before
-- anything is published (orchestration/restatements.py).

with final as (

    select
        cast(null as varchar) as published_table,
        cast(null as varchar) as key,
        cast(null as varchar) as column_name,
        cast(null as date) as period_on,
        cast(null as varchar) as previous,
        cast(null as varchar) as current,
        cast(null as decimal(38, 6)) as delta,
        cast(null as varchar) as change_kind,
        cast(null as varchar) as cause,
        cast(null as varchar) as evidence,
        cast(null as bigint) as cell_count,
        cast(null as varchar) as previous_generation_id,
        cast(null as date) as previous_as_of_date,
        cast(null as date) as as_of_date
    where false

)

select * from final
