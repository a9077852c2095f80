-- Grain: one row per brand that sells mobile lines.

with carriers as (

    select * from {{ ref('ref_carriers') }}

),

final as (

    select
        cast(carriers.carrier_code as string) as carrier_code,
        cast(carriers.carrier_name as string) as carrier_name,
        cast(carriers.carrier_class as string) as carrier_class,
        cast(carriers.host_carrier as string) as host_carrier,
        cast(carriers.is_operator as boolean) as is_operator,
        cast(carriers.host_carrier = operators.host_carrier as boolean) as is_on_operator_network,
        cast(
            case when carriers.carrier_class = 'mvno' then 'MVNO' else carriers.carrier_code end
            as string
        ) as published_group
    from carriers
    inner join carriers as operators
        on operators.is_operator

)

select * from final
