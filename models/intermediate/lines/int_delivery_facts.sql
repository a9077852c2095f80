-- Grain: one row.
-- The frame of everything counted: which days the deliveries known at the as-of date observe, and
-- which share of the population they hold.

with batch_files as (

    select * from {{ ref('stg_operator__batch_files') }}

),

final as (

    select
        {{ as_of_date() }} as as_of_date,
        min(batch_date) as opening_on,
        cast(min(batch_date) + interval 1 day as date) as observed_from,
        max(batch_date) as newest_batch_on,
        count(distinct batch_date) as batches,
        max(sample_rate) as sample_rate,
        count(distinct sample_rate) as sample_rates
    from batch_files

)

select * from final
