-- Grain: one row per (data programme, line, month of a recorded grant).
-- Exports record one grant per line and month. Where a confirmed victim gets two programmes at
-- once, the victims' grant is counted, and used, first. A line on an unlimited plan gains nothing,
-- so its use of the grant carries no cost.

{{ config(materialized='keyed', unique_key='line_key') }}

with data_usage as (

    select * from {{ ref('stg_operator__data_usage_monthly') }}
    {{ in_scope('line_key') }}

),

lines as (

    select * from {{ ref('stg_operator__lines') }}
    {{ in_scope('line_key') }}

),

plans as (

    select * from {{ ref('ref_plans') }}

),

victims as (

    select * from {{ ref('int_incident_victims') }}
    {{ in_scope('line_key') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

assumptions as (

    select * from {{ ref('int_assumptions_known') }}

),

data_programmes as (

    select
        programmes.programme_id,
        programmes.incident_id,
        programmes.is_victims_only,
        programmes.victim_signs,
        programmes.treatment_code,
        programmes.quantity_per_unit,
        cast(date_trunc('month', programmes.starts_on) as date) as first_month,
        programmes.ends_on,
        cast(assumptions.base as bigint) as unit_cost_krw
    from programmes
    left join assumptions
        on
            programmes.programme_id = assumptions.programme_id
            and assumptions.parameter = 'unit_cost_krw'
    where programmes.kind = 'data'

),

grants as (

    select line_key, usage_month, granted_gb, used_gb, loaded_on
    from data_usage
    where granted_gb > 0

),

unlimited_lines as (

    select lines.line_key
    from lines
    inner join plans
        on lines.plan_code = plans.plan_code
    where plans.is_unlimited_data

),

victims_grants as (

    select
        grants.line_key,
        grants.usage_month,
        min(data_programmes.programme_id) as programme_id,
        min(data_programmes.quantity_per_unit) as quantity_gb
    from grants
    inner join victims
        on grants.line_key = victims.line_key
    inner join data_programmes
        on
            data_programmes.is_victims_only
            and victims.incident_id = data_programmes.incident_id
            and grants.usage_month >= data_programmes.first_month
            and coalesce(grants.usage_month <= data_programmes.ends_on, true)
    where {{ is_confirmed_victim('victims', 'data_programmes.victim_signs') }}
    group by 1, 2

),

grants_split as (

    select
        grants.line_key,
        grants.usage_month,
        grants.granted_gb,
        grants.used_gb,
        grants.loaded_on,
        victims_grants.programme_id as victims_programme_id,
        general_programmes.programme_id as general_programme_id,
        unlimited_lines.line_key is not null as is_unlimited,
        case
            when victims_grants.programme_id is null then 0
            when general_programmes.programme_id is null then grants.granted_gb
            else least(grants.granted_gb, victims_grants.quantity_gb)
        end as victims_granted_gb
    from grants
    left join victims_grants
        on
            grants.line_key = victims_grants.line_key
            and grants.usage_month = victims_grants.usage_month
    left join data_programmes as general_programmes
        on
            not general_programmes.is_victims_only
            and grants.usage_month >= general_programmes.first_month
            and coalesce(grants.usage_month <= general_programmes.ends_on, true)
    left join unlimited_lines
        on grants.line_key = unlimited_lines.line_key

),

benefits as (

    select
        victims_programme_id as programme_id,
        line_key,
        usage_month as benefit_month,
        loaded_on,
        is_unlimited,
        victims_granted_gb as entitled_gb,
        case
            -- No other grant can have been drawn on: whatever was used is the victims'.
            when general_programme_id is null or granted_gb <= victims_granted_gb then used_gb
            else least(used_gb, victims_granted_gb)
        end as used_gb
    from grants_split
    where victims_programme_id is not null
    union all
    select
        general_programme_id as programme_id,
        line_key,
        usage_month as benefit_month,
        loaded_on,
        is_unlimited,
        granted_gb - victims_granted_gb as entitled_gb,
        case
            when victims_programme_id is null then used_gb
            else used_gb - least(used_gb, victims_granted_gb)
        end as used_gb
    from grants_split
    where
        general_programme_id is not null
        and (victims_programme_id is null or granted_gb > victims_granted_gb)

),

final as (

    select
        benefits.programme_id,
        data_programmes.treatment_code,
        benefits.line_key,
        benefits.benefit_month,
        cast(benefits.entitled_gb as bigint) as entitled,
        cast(benefits.used_gb as bigint) as used,
        data_programmes.unit_cost_krw,
        cast(
            case when benefits.is_unlimited then 0 else benefits.used_gb end
            * data_programmes.unit_cost_krw as bigint
        ) as cost_krw,
        benefits.loaded_on
    from benefits
    inner join data_programmes
        on benefits.programme_id = data_programmes.programme_id

)

select * from final
