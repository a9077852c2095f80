-- Grain: one row per programme known at the as-of date that has rules of eligibility: its newest
-- known days and rules, in the form in which lines are looked up.

with programmes as (

    select * from {{ ref('int_programmes_known') }}

),

programme_versions as (

    select * from {{ ref('ref_programmes') }}

),

eligibility as (

    select * from {{ ref('ref_programme_eligibility') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

rules_ranked as (

    select
        eligibility.programme_id,
        eligibility.reference_on,
        {{ bounded_list('eligibility.line_kinds') }} as line_kinds,
        {{ bounded_list('eligibility.customer_types') }} as customer_types,
        eligibility.own_brand_only,
        eligibility.excludes_suspended,
        row_number() over (
            partition by eligibility.programme_id
            order by eligibility.known_from desc nulls last
        ) as recency
    from eligibility
    inner join delivery_facts
        on eligibility.known_from <= delivery_facts.as_of_date

),

final as (

    select
        programmes.programme_id,
        programmes.kind,
        programmes.incident_id,
        programmes.is_victims_only,
        programmes.victim_signs,
        programmes.announced_on,
        programmes.quantity_per_unit,
        programmes.treatment_code,
        cast(date_trunc('month', programmes.starts_on) as date) as first_month,
        cast(date_trunc('month', programmes.ends_on) as date) as last_month,
        programme_versions.min_auto_enrol_age as min_age,
        rules_ranked.reference_on,
        rules_ranked.line_kinds,
        rules_ranked.customer_types,
        rules_ranked.own_brand_only as is_own_brand_only,
        rules_ranked.excludes_suspended as is_suspended_excluded
    from programmes
    inner join programme_versions
        on
            programmes.programme_id = programme_versions.programme_id
            and programmes.known_from = programme_versions.known_from
    inner join rules_ranked
        on
            programmes.programme_id = rules_ranked.programme_id
            and rules_ranked.recency = 1

)

select * from final
