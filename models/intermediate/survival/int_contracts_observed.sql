{{ config(materialized='view') }}

-- Grain: one row per (contract_kind, term_months, signed_on, first_on, last_on, end_kind,
-- is_running).
-- Contracts followed to the as-of date: that of a contract which runs on is its last day so far.

with contracts_followed as (

    select * from {{ ref('int_contracts_followed') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

final as (

    select
        contracts_followed.contract_kind,
        contracts_followed.term_months,
        contracts_followed.signed_on,
        contracts_followed.first_on,
        coalesce(contracts_followed.last_on, delivery_facts.as_of_date) as last_on,
        contracts_followed.end_kind,
        contracts_followed.last_on is null as is_running,
        contracts_followed.contracts
    from contracts_followed
    inner join delivery_facts
        on
            contracts_followed.first_on
            <= coalesce(contracts_followed.last_on, delivery_facts.as_of_date)

)

select * from final
