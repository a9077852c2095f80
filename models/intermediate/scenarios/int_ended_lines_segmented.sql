-- Grain: one row per line whose service has ended.
-- The traits by which outcomes of scenarios are told apart, and which no rule looks at.

{{ config(materialized='keyed', unique_key='line_key') }}

with lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

customers as (

    select * from {{ ref('stg_operator__customers') }}
    {{ in_scope('customer_key') }}

),

recomputed_fees as (

    select * from {{ ref('int_contract_fees_recomputed') }}
    {{ in_scope('line_key') }}

),

contract_kinds as (

    select
        line_key,
        case when min(contract_kind) = max(contract_kind) then min(contract_kind) else 'several' end
            as contract_kind
    from recomputed_fees
    where not has_run_out
    group by 1

),

final as (

    select
        lines.line_key,
        case when lines.is_own_brand then 'own' else 'hosted' end as brand_class,
        coalesce(contract_kinds.contract_kind, 'none') as contract_segment,
        coalesce(customers.age_band, 'unknown') as age_band
    from lines
    left join customers
        on lines.customer_key = customers.customer_key
    left join contract_kinds
        on lines.line_key = contract_kinds.line_key
    where lines.terminated_on is not null

)

select * from final
