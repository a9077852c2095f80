-- Grain: one row per (processed_on, basis, direction, counterparty) with a port.
-- The one place where the bases of published port figures are defined. Rows of different bases
-- overlap and must not be added.

with port_flows as (

    select * from {{ ref('int_port_flows_daily') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

flows_described as (

    select
        port_flows.processed_on,
        port_flows.ports,
        donors.host_carrier = operators.host_carrier as is_donor_on_network,
        recipients.host_carrier = operators.host_carrier as is_recipient_on_network,
        donors.carrier_code = operators.carrier_code as is_donor_own_brand,
        recipients.carrier_code = operators.carrier_code as is_recipient_own_brand,
        donors.carrier_code = recipients.carrier_code as is_within_brand,
        donors.carrier_class = 'mno'
        and donors.host_carrier <> operators.host_carrier as is_donor_rival_brand,
        recipients.carrier_class = 'mno'
        and recipients.host_carrier <> operators.host_carrier as is_recipient_rival_brand,
        -- Published figures name network operators one by one and lump the hosted brands together.
        case when donors.carrier_class = 'mvno' then 'MVNO' else donors.carrier_code end
            as donor_group,
        case when recipients.carrier_class = 'mvno' then 'MVNO' else recipients.carrier_code end
            as recipient_group
    from port_flows
    inner join carriers as donors
        on port_flows.donor_carrier = donors.carrier_code
    inner join carriers as recipients
        on port_flows.recipient_carrier = recipients.carrier_code
    inner join carriers as operators
        on operators.is_operator

),

ports_out as (

    select
        processed_on,
        recipient_group as counterparty,
        ports,
        is_recipient_rival_brand,
        is_recipient_rival_brand and is_donor_own_brand as is_own_brand_to_rival
    from flows_described
    where
        is_donor_on_network
        and not is_within_brand
        and not is_recipient_own_brand

),

ports_in as (

    select
        processed_on,
        donor_group as counterparty,
        ports,
        is_donor_rival_brand,
        is_donor_rival_brand and is_recipient_own_brand as is_rival_to_own_brand
    from flows_described
    where
        is_recipient_on_network
        and not is_within_brand
        and not is_donor_own_brand

),

on_bases as (

    select 'all_destinations' as basis, 'out' as direction, processed_on, counterparty, ports
    from ports_out
    union all
    select 'mno_only' as basis, 'out' as direction, processed_on, counterparty, ports
    from ports_out
    where is_recipient_rival_brand
    union all
    select 'own_brand_mno_only' as basis, 'out' as direction, processed_on, counterparty, ports
    from ports_out
    where is_own_brand_to_rival
    union all
    select 'all_destinations' as basis, 'in' as direction, processed_on, counterparty, ports
    from ports_in
    union all
    select 'mno_only' as basis, 'in' as direction, processed_on, counterparty, ports
    from ports_in
    where is_donor_rival_brand
    union all
    select 'own_brand_mno_only' as basis, 'in' as direction, processed_on, counterparty, ports
    from ports_in
    where is_rival_to_own_brand

),

final as (

    select
        processed_on,
        basis,
        direction,
        counterparty,
        cast(sum(ports) as bigint) as ports
    from on_bases
    group by 1, 2, 3, 4

)

select * from final
