-- Everything counts leavers from the one carrier whose exports are read.

with carriers as (

    select * from {{ ref('dim_carriers') }}

),

final as (

    select count(*) as operators
    from carriers
    where
        is_operator
        and carrier_class = 'mno'
        and host_carrier = carrier_code
    having count(*) <> 1

)

select * from final
