-- Grain: one row per programme, in its version known at the as-of date.

with programmes as (

    select * from {{ ref('ref_programmes') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

versions_known as (

    select
        programmes.programme_id,
        programmes.known_from,
        programmes.programme_name,
        programmes.kind,
        programmes.announced_on,
        programmes.starts_on,
        programmes.ends_on,
        programmes.months,
        programmes.unit,
        programmes.quantity_per_unit,
        programmes.announced_krw,
        programmes.announced_basis,
        programmes.package_id,
        programmes.settlement_code,
        programmes.min_auto_enrol_age,
        programmes.is_victims_only,
        programmes.incident_id,
        programmes.treatment_code,
        row_number() over (
            partition by programmes.programme_id
            order by programmes.known_from desc nulls last
        ) as newest_first
    from programmes
    inner join delivery_facts
        on programmes.known_from <= delivery_facts.as_of_date

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(known_from as date) as known_from,
        cast(programme_name as string) as programme_name,
        cast(kind as string) as kind,
        cast(announced_on as date) as announced_on,
        cast(starts_on as date) as starts_on,
        cast(ends_on as date) as ends_on,
        cast(months as bigint) as months,
        cast(unit as string) as unit,
        cast(quantity_per_unit as bigint) as quantity_per_unit,
        cast(announced_krw as bigint) as announced_krw,
        cast(announced_basis as string) as announced_basis,
        cast(package_id as string) as package_id,
        cast(settlement_code as string) as settlement_code,
        cast(min_auto_enrol_age as bigint) as min_auto_enrol_age,
        cast(is_victims_only as boolean) as is_victims_only,
        cast(incident_id as string) as incident_id,
        cast(treatment_code as string) as treatment_code
    from versions_known
    where newest_first = 1

)

select * from final
