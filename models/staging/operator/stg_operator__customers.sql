{{ config(materialized='view', meta={'rows_kept_by': 'customer_key'}) }}

with

customers as (
    select * from {{ ref('stg_operator__customer_vault') }}
),

final as (
    select
        customer_key,
        customer_type,
        region_code,
        age_band,
        birth_date is not null as is_birth_date_known,
        loaded_on
    from customers
    where is_accepted
)

select * from final
