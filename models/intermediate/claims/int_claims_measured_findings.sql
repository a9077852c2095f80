-- Grain: one row per (claim_id, basis) of the claims about reports, findings and areas to protect.
-- Nothing here shrinks with a sample.

with readings as (

    select * from {{ ref('int_claim_readings') }}

),

incidents as (

    select * from {{ ref('stg_operator__incidents') }}

),

incident_events as (

    select * from {{ ref('stg_operator__incident_events') }}

),

access_attempts as (

    select * from {{ ref('stg_operator__access_attempts_daily') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

operator_incidents as (

    select
        incidents.incident_id,
        incidents.reported_on
    from incidents
    inner join carriers
        on
            incidents.carrier = carriers.carrier_code
            and carriers.is_operator

),

reports_measured as (

    select
        readings.claim_id,
        readings.basis,
        cast(null as bigint) as computed_value,
        substr(cast(max(operator_incidents.reported_on) as string), 1, 7) as computed_text,
        case
            when max(operator_incidents.reported_on) is null
                then 'No incident of the operator was reported by the day of publication'
        end as missing_reason
    from readings
    left join operator_incidents
        on readings.knowledge_on >= operator_incidents.reported_on
    where readings.metric_family = 'incident_reported_month'
    group by readings.claim_id, readings.basis

),

findings as (

    select
        incident_events.occurred_on,
        incident_events.cause_code
    from incident_events
    inner join operator_incidents
        on incident_events.incident_id = operator_incidents.incident_id
    where incident_events.event_kind = 'finding'

),

findings_measured as (

    select
        readings.claim_id,
        readings.basis,
        cast(null as bigint) as computed_value,
        case readings.metric_family
            when 'finding_published_on' then cast(max(findings.occurred_on) as string)
            -- Several causes can be found at once: the claimed one counts if it is among them.
            else
                coalesce(
                    max(findings.cause_code) filter (
                        where findings.cause_code = readings.published_text
                    ),
                    max(findings.cause_code)
                )
        end as computed_text,
        case
            when max(findings.occurred_on) is null
                then 'No finding was published by the day of the claim'
        end as missing_reason
    from readings
    left join findings
        on readings.knowledge_on >= findings.occurred_on
    where readings.metric_family in ('finding_published_on', 'legal_basis')
    group by readings.claim_id, readings.basis, readings.metric_family

),

domains_measured as (

    select
        readings.claim_id,
        readings.basis,
        count(distinct access_attempts.business_domain) as computed_value,
        cast(null as string) as computed_text,
        case
            when count(access_attempts.business_domain) = 0
                then 'No access attempt was delivered for the period'
        end as missing_reason
    from readings
    left join access_attempts
        on
            access_attempts.attempt_date
            between readings.period_from and coalesce(readings.period_to, readings.as_of_date)
    where readings.metric_family = 'protected_domains'
    group by readings.claim_id, readings.basis

),

measured as (

    select claim_id, basis, computed_value, computed_text, missing_reason
    from reports_measured
    union all
    select claim_id, basis, computed_value, computed_text, missing_reason
    from findings_measured
    union all
    select claim_id, basis, computed_value, computed_text, missing_reason
    from domains_measured

),

final as (

    select
        claim_id,
        basis,
        case when missing_reason is null then cast(computed_value as decimal(24, 6)) end
            as computed_value,
        computed_text,
        false as is_extensive,
        cast(0 as decimal(24, 6)) as sampling_allowance,
        missing_reason
    from measured

)

select * from final
