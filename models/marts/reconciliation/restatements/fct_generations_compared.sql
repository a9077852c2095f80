-- Grain: one row per (published_table).
-- What came of comparing each published table with the generation before: so that a table that
-- could not be compared is named. dbt makes it empty; it is filled after the gate of the marts.

with final as (

    select
        cast(null as string) as published_table,
        cast(null as string) as compared_by,
        cast(null as string) as outcome,
        cast(null as bigint) as previous_rows,
        cast(null as bigint) as current_rows,
        cast(null as bigint) as restated_rows,
        cast(null as bigint) as restated_cells,
        cast(null as bigint) as grown_rows,
        cast(null as string) as reason,
        cast(null as string) as previous_generation_id,
        cast(null as date) as previous_as_of_date,
        cast(null as date) as as_of_date
    where false

)

select * from final
