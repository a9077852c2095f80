-- Grain: one row per (programme, holder, month) in which a grant, a use or a cover was recorded.
-- The holder is a line, but for insurance a person: line_key is then empty. Lines that were
-- entitled and did nothing have no row where exports record none. Costs add up over any columns;
-- entitled and used only within one unit.

with data_benefits as (

    select * from {{ ref('int_data_benefits') }}

),

insurance_benefits as (

    select * from {{ ref('int_insurance_benefits') }}

),

partner_benefits as (

    select * from {{ ref('int_partner_benefits') }}

),

victims as (

    select * from {{ ref('int_incident_victims') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

benefits as (

    select
        programme_id,
        treatment_code,
        line_key,
        cast(null as bigint) as customer_key,
        benefit_month,
        entitled,
        used,
        'gb' as unit,
        unit_cost_krw,
        cost_krw,
        cast(null as bigint) as customer_value_krw
    from data_benefits
    union all
    select
        programme_id,
        treatment_code,
        line_key,
        cast(null as bigint) as customer_key,
        benefit_month,
        cast(null as bigint) as entitled,
        redemption_count as used,
        'redemption' as unit,
        unit_cost_krw,
        cost_krw,
        face_value_krw as customer_value_krw
    from partner_benefits
    union all
    select
        programme_id,
        treatment_code,
        cast(null as bigint) as line_key,
        customer_key,
        benefit_month,
        insured_months as entitled,
        insured_months as used,
        'insured_month' as unit,
        unit_cost_krw,
        premium_krw as cost_krw,
        claims_paid_krw as customer_value_krw
    from insurance_benefits
    union all
    select
        programmes.programme_id,
        programmes.treatment_code,
        victims.line_key,
        cast(null as bigint) as customer_key,
        cast(date_trunc('month', victims.chosen_on) as date) as benefit_month,
        cast(1 as bigint) as entitled,
        cast(1 as bigint) as used,
        'discount' as unit,
        programmes.quantity_per_unit as unit_cost_krw,
        programmes.quantity_per_unit as cost_krw,
        programmes.quantity_per_unit as customer_value_krw
    from victims
    inner join programmes
        on
            programmes.kind = 'bill_discount'
            and victims.incident_id = programmes.incident_id
    where victims.choice = 'discount'

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(coalesce(line_key, customer_key) as bigint) as holder_key,
        cast(line_key as bigint) as line_key,
        cast(customer_key as bigint) as customer_key,
        cast(benefit_month as date) as benefit_month,
        cast(entitled as bigint) as entitled,
        cast(used as bigint) as used,
        cast(unit as string) as unit,
        cast(unit_cost_krw as bigint) as unit_cost_krw,
        cast(cost_krw as bigint) as cost_krw,
        cast(customer_value_krw as bigint) as customer_value_krw,
        cast(treatment_code as string) as treatment
    from benefits

)

select * from final
