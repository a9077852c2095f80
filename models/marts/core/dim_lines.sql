-- Grain: one row per line ever in service in the deliveries, in its state at the as-of date.

{{ config(materialized='keyed', unique_key='line_key') }}

with lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

customers as (

    select * from {{ ref('stg_operator__customers') }}
    {{ in_scope('customer_key') }}

),

plans as (

    select * from {{ ref('ref_plans') }}

),

lines_affected as (

    select * from {{ ref('int_lines_affected') }}

),

contracts as (

    select * from {{ ref('stg_operator__contracts') }}
    {{ in_scope('line_key') }}

),

contract_kinds as (

    select
        contract_kind,
        row_number() over (order by contract_kind asc nulls last) as kind_number
    from contracts
    where contract_kind is not null
    group by 1

),

-- Of what kind is the contract signed last? Day and kind as one number, so that of two signed on
-- one day it is always the same one. A number, because the longest of ten million texts costs four
-- times as much to find.
contracts_signed_last as (

    select
        contracts.line_key,
        max(
            {{ dbt.datediff(earliest_possible_date(), 'contracts.signed_on', 'day') }} * 1000
            + contract_kinds.kind_number
        ) as day_and_kind
    from contracts
    inner join contract_kinds
        on contracts.contract_kind = contract_kinds.contract_kind
    group by 1

),

final as (

    select
        cast(lines.line_key as bigint) as line_key,
        cast(lines.customer_key as bigint) as customer_key,
        cast(lines.line_kind as string) as line_kind,
        cast(lines.network_brand as string) as network_brand,
        cast(lines.is_own_brand as boolean) as is_own_brand,
        cast(lines.plan_code as string) as plan_code,
        cast(plans.plan_tier as string) as plan_tier,
        cast(customers.age_band as string) as age_band,
        cast(customers.region_code as string) as region,
        cast(coalesce(contract_kinds.contract_kind, 'none') as string) as contract_kind,
        cast(lines.activated_on as date) as activated_on,
        cast(lines.activation_kind as string) as activation_kind,
        cast(lines.terminated_on as date) as terminated_on,
        cast(lines.termination_kind as string) as termination_kind,
        cast(coalesce(lines_affected.is_exposed, false) as boolean) as is_exposed,
        cast(coalesce(lines_affected.is_payment_victim, false) as boolean) as is_payment_victim,
        cast(
            case
                when lines_affected.is_payment_victim then 'victim'
                when lines_affected.is_exposed then 'exposed'
                else 'neither'
            end as string
        ) as exposure_class
    from lines
    left join customers
        on lines.customer_key = customers.customer_key
    left join plans
        on lines.plan_code = plans.plan_code
    left join lines_affected
        on lines.line_key = lines_affected.line_key
    left join contracts_signed_last
        on lines.line_key = contracts_signed_last.line_key
    left join contract_kinds
        on contracts_signed_last.day_and_kind % 1000 = contract_kinds.kind_number

)

select * from final
