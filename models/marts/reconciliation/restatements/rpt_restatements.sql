-- Grain: one row per (published_table, key, column_name).
-- What was published in the generation before and reads otherwise now, with the cause. dbt makes it
-- empty; it is filled after the gate of the marts, when there is something to compare, and before
-- anything is published (orchestration/restatements.py).

with final as (

    select
        cast(null as string) as published_table,
        cast(null as string) as key,
        cast(null as string) as column_name,
        cast(null as date) as period_on,
        cast(null as string) as previous,
        cast(null as string) as current,
        cast(null as decimal(38, 6)) as delta,
        cast(null as string) as change_kind,
        cast(null as string) as cause,
        cast(null as string) as evidence,
        cast(null as bigint) as cell_count,
        cast(null as string) as previous_generation_id,
        cast(null as date) as previous_as_of_date,
        cast(null as date) as as_of_date
    where false

)

select * from final
