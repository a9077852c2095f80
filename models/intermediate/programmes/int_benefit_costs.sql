with data_benefits as (select * from {{ ref('int_data_benefits') }}),
partner_benefits as (select * from {{ ref('int_partner_benefits') }}),
insurance_benefits as (select * from {{ ref('int_insurance_benefits') }}),
victims as (select * from {{ ref('int_incident_victims') }}),
programmes as (select * from {{ ref('int_programmes_known') }}),
costs as (
    select programme_id, benefit_month, cost_krw, 'benefit_cost' as event_kind from data_benefits
    union all select programme_id, benefit_month, cost_krw, 'benefit_issued' as event_kind from partner_benefits
    union all select programme_id, benefit_month, insured_months * unit_cost_krw, 'premium_accrued' as event_kind from insurance_benefits
    union all select programmes.programme_id, cast(date_trunc('month', victims.chosen_on) as date), programmes.quantity_per_unit, 'benefit_cost' as event_kind
    from victims inner join programmes on programmes.kind = 'bill_discount' and victims.incident_id = programmes.incident_id
    where victims.choice = 'discount'
),
final as (
    select event_kind, programme_id, benefit_month, benefit_month as posted_on, benefit_month as known_from, cast(sum(cost_krw) as bigint) as amount_krw
    from costs group by 1,2,3,4,5
)
select * from final
