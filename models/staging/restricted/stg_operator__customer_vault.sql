{{ config(materialized='keyed', unique_key='customer_id', meta={'entity': 'customers'}) }}

with

delivered as (
    {{ delivered_rows('customers') }}
),

every_customer as (
    {{ delivered_rows('customers') }}
),

exceptions as (
    select * from {{ ref('stg_operator__customers_exceptions') }}
    {{ in_scope('natural_id') }}
),

exceptions_by_id as (
    select * from {{ ref('stg_operator__customers_exceptions') }}
    {{ in_scope('natural_id') }}
),

age_bands as (
    select * from {{ ref('ref_age_bands') }}
),

accepted as (
    {{ accepted_rows('customers') }}
),

-- Which customers were delivered, though never in a version that keeps the contract?
without_version as (
    select natural_id as customer_id
    from exceptions_by_id
    where natural_id is not null
    group by natural_id
    having max(case when status = 'accepted' then 1 else 0 end) = 0
),

known as (
    select
        customer_id,
        {{ as_date('birth_date') }} as birth_date,
        {{ as_text('customer_type') }} as customer_type,
        {{ as_code('region_code') }} as region_code,
        delivered_on as loaded_on,
        true as is_accepted
    from accepted
    union all
    select
        customer_id,
        cast(null as date) as birth_date,
        cast(null as string) as customer_type,
        cast(null as string) as region_code,
        cast(null as date) as loaded_on,
        false as is_accepted
    from without_version
),

-- Which band is each birth date in? Millions of customers share a few ten thousand of them.
birth_dates as (
    select distinct {{ as_date('birth_date') }} as birth_date
    from every_customer
    where {{ as_date('birth_date') }} is not null
),

banded as (
    select
        birth_dates.birth_date,
        age_bands.band_code
    from birth_dates
    inner join age_bands
        on
            {{ age_in_years('birth_dates.birth_date', as_of_date()) }}
            between age_bands.min_age and age_bands.max_age
),

final as (
    select
        known.customer_id,
        {{ pseudonym('customer', 'known.customer_id') }} as customer_key,
        known.birth_date,
        coalesce(banded.band_code, 'unknown') as age_band,
        known.customer_type,
        known.region_code,
        known.loaded_on,
        known.is_accepted
    from known
    left join banded on known.birth_date = banded.birth_date
)

select * from final
