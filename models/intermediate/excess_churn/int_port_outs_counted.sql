-- Grain: one row per (segment_kind, segment, recipient, processed_on) with a port, on any day.
-- Segments of one kind add up to the total; kinds overlap and are never added.

{{ config(materialized='counted', meta={'sums': ['ports']}) }}

with lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

lines_ended as (

    select * from {{ ref('int_lines_ended') }}
    {{ in_scope('line_key') }}

),

past_spells as (

    select * from {{ ref('int_line_spells_past') }}
    {{ in_scope('line_key') }}

),

customers as (

    select * from {{ ref('stg_operator__customers') }}
    {{ in_scope('customer_key') }}

),

contracts as (

    select * from {{ ref('stg_operator__contracts') }}
    {{ in_scope('line_key') }}

),

lines_affected as (

    select * from {{ ref('int_lines_affected') }}
    {{ in_scope('line_key') }}

),

plans as (

    select * from {{ ref('ref_plans') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

baseline_terms as (

    select * from {{ ref('int_baseline_terms_known') }}

),

endings as (

    select line_key, terminated_on, termination_kind, is_own_brand, plan_code, recipient_carrier
    from lines_ended
    union all
    select line_key, terminated_on, termination_kind, is_own_brand, plan_code, recipient_carrier
    from past_spells

),

-- Published figures name network operators one by one and lump the hosted brands together; a line
-- that comes to the operator's own brand is not lost.
lines_ported as (

    select
        endings.line_key,
        endings.terminated_on,
        endings.is_own_brand,
        endings.plan_code,
        case
            when carriers.carrier_class = 'mvno' then 'MVNO'
            else coalesce(carriers.carrier_code, 'unknown')
        end as recipient
    from endings
    inner join baseline_terms
        on endings.termination_kind = baseline_terms.termination_kind
    left join carriers
        on endings.recipient_carrier = carriers.carrier_code
    where not coalesce(carriers.is_operator, false)

),

contracts_signed_last as (

    select
        contracts.line_key,
        substr(max(cast(contracts.signed_on as string) || contracts.contract_kind), 11)
            as contract_kind
    from contracts
    inner join lines_ported
        on contracts.line_key = lines_ported.line_key
    group by 1

),

ports as (

    select
        lines_ported.terminated_on as processed_on,
        lines_ported.recipient,
        case when lines_ported.is_own_brand then 'own_brand' else 'hosted_brand' end as brand_class,
        case when lines_ported.is_own_brand then lines_ported.plan_code end as own_plan,
        coalesce(plans.plan_tier, 'unknown') as plan_tier,
        coalesce(customers.age_band, 'unknown') as age_band,
        coalesce(customers.region_code, 'unknown') as region,
        coalesce(contracts_signed_last.contract_kind, 'none') as contract_kind,
        case
            when lines_affected.is_payment_victim then 'victim'
            when lines_affected.is_exposed then 'exposed'
            else 'neither'
        end as exposure_class,
        count(*) as ports
    from lines_ported
    inner join lines
        on lines_ported.line_key = lines.line_key
    left join customers
        on lines.customer_key = customers.customer_key
    left join plans
        on lines_ported.plan_code = plans.plan_code
    left join lines_affected
        on lines_ported.line_key = lines_affected.line_key
    left join contracts_signed_last
        on lines_ported.line_key = contracts_signed_last.line_key
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

),

counted as (

    select
        'total' as segment_kind, 'total' as segment, 'all' as recipient,
        processed_on, sum(ports) as ports
    from ports
    group by 4
    union all
    select
        'total' as segment_kind, 'total' as segment, recipient, processed_on, sum(ports) as ports
    from ports
    group by 3, 4
    {% for segment_kind in [
        'brand_class', 'own_plan', 'plan_tier', 'age_band', 'region', 'contract_kind',
        'exposure_class',
    ] %}
    union all
    select
        '{{ segment_kind }}' as segment_kind, {{ segment_kind }} as segment, 'all' as recipient,
        processed_on, sum(ports) as ports
    from ports
    where {{ segment_kind }} is not null
    group by 2, 4
    {% endfor %}

),

final as (

    select segment_kind, segment, recipient, processed_on, cast(ports as bigint) as ports
    from counted

)

select * from final
