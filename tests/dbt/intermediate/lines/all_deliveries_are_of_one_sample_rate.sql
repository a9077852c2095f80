-- Counts of deliveries that hold different shares of the population cannot be scaled together.

with delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

final as (

    select
        sample_rates,
        sample_rate
    from delivery_facts
    where
        sample_rates <> 1
        or sample_rate is null
        or sample_rate <= 0

)

select * from final
