-- Grain: one row per (reason_code, age_band) with rows that are held.
-- What is open, whose turn it is, and for how long. Rows and won add up over any column.

with quarantined_rows as (

    select * from {{ ref('fct_quarantined_rows') }}

),

age_bands as (

    select * from {{ ref('ref_quarantine_age_bands') }}

),

final as (

    select
        cast(quarantined_rows.reason_code as string) as reason_code,
        cast(age_bands.band_code as string) as age_band,
        cast(min(age_bands.min_days) as bigint) as age_from_days,
        cast(min(quarantined_rows.owner) as string) as owner,
        cast(count(*) as bigint) as held_rows,
        cast(sum(quarantined_rows.held_krw) as bigint) as held_krw,
        cast(
            sum(case when quarantined_rows.is_overdue then 1 else 0 end) as bigint
        ) as overdue_rows,
        cast(
            sum(case when quarantined_rows.is_overdue then quarantined_rows.held_krw else 0 end)
            as bigint
        ) as overdue_krw,
        cast(min(quarantined_rows.batch_date) as date) as oldest_on,
        cast(max(quarantined_rows.age_days) as bigint) as oldest_days,
        cast(min(quarantined_rows.as_of_date) as date) as as_of_date
    from quarantined_rows
    left join age_bands
        on
            quarantined_rows.age_days >= age_bands.min_days
            and (age_bands.max_days is null or quarantined_rows.age_days <= age_bands.max_days)
    where quarantined_rows.state = 'held'
    group by quarantined_rows.reason_code, age_bands.band_code

)

select * from final
