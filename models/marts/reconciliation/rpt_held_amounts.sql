-- Grain: one row per (entity, reason, batch) with delivered rows that are kept out of the figures.
-- Rows and won add up over any columns. Control amounts: all won that can be read in a row, whether
-- a payment, a price or a negative slip; open ones are in no other figure of the marts.

with quarantine as (

    select * from {{ ref('stg_operator__quarantine') }}

),

reasons as (

    select * from {{ ref('ref_quarantine_reasons') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

held as (

    select
        entity,
        reason_code,
        batch_date,
        count(*) as held_rows,
        coalesce(sum(amount_krw), 0) as held_krw,
        sum(case when is_replaced then 1 else 0 end) as replaced_rows,
        coalesce(sum(case when is_replaced then amount_krw end), 0) as replaced_krw
    from quarantine
    group by entity, reason_code, batch_date

),

final as (

    select
        cast(held.entity as string) as entity,
        cast(held.reason_code as string) as reason_code,
        cast(held.batch_date as date) as batch_date,
        cast(held.held_rows as bigint) as held_rows,
        cast(held.held_krw as bigint) as held_krw,
        cast(held.replaced_rows as bigint) as replaced_rows,
        cast(held.replaced_krw as bigint) as replaced_krw,
        cast(held.held_rows - held.replaced_rows as bigint) as open_rows,
        cast(held.held_krw - held.replaced_krw as bigint) as open_krw,
        cast(
            {{ dbt.datediff('held.batch_date', 'delivery_facts.as_of_date', 'day') }} as bigint
        ) as age_days,
        cast(reasons.owner as string) as owner,
        cast(reasons.meaning as string) as meaning,
        cast(reasons.remedy as string) as remedy,
        cast(delivery_facts.as_of_date as date) as as_of_date
    from held
    left join reasons
        on held.reason_code = reasons.reason_code
    cross join delivery_facts

)

select * from final
