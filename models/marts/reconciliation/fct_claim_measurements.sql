-- Grain: one row per (claim_id, basis) of the claims that a measure is defined for.
-- What the data hold, whatever was published: figures not scaled by the sample rate.

with measured_ports as (

    select * from {{ ref('int_claims_measured_ports') }}

),

measured_stocks as (

    select * from {{ ref('int_claims_measured_stocks') }}

),

measured_losses as (

    select * from {{ ref('int_claims_measured_losses') }}

),

measured_findings as (

    select * from {{ ref('int_claims_measured_findings') }}

),

measured_terms as (

    select * from {{ ref('int_claims_measured_terms') }}

),

measured_pledges as (

    select * from {{ ref('int_claims_measured_pledges') }}

),

readings as (

    select * from {{ ref('int_claim_readings') }}

),

claim_policy_versions as (

    select * from {{ ref('int_claim_policy_versions') }}

),

waiver_decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

waiver_totals as (

    select
        policy_id,
        policy_version,
        count(*) filter (where is_eligible) as eligible_lines,
        coalesce(sum(covered_krw) filter (where is_eligible), 0) as covered_krw,
        coalesce(
            {{ exact_sum(
                'case when is_eligible then power(cast(covered_krw as double), 2) end', 0
            ) }},
            0
        ) as squared_krw
    from waiver_decisions
    group by 1, 2

),

measured_waiver as (

    select
        readings.claim_id,
        readings.basis,
        cast(
            case
                when readings.metric_family = 'waiver_eligible_lines'
                    then waiver_totals.eligible_lines
                else waiver_totals.covered_krw
            end as decimal(24, 6)
        ) as computed_value,
        cast(null as string) as computed_text,
        true as is_extensive,
        -- Who is eligible is not planned line by line: a sample strays by chance, and two standard
        -- errors are allowed.
        cast(
            case
                when readings.metric_family = 'waiver_eligible_lines'
                    then 2 * sqrt(waiver_totals.eligible_lines)
                else 2 * sqrt(waiver_totals.squared_krw)
            end as decimal(24, 6)
        ) as sampling_allowance,
        case
            when waiver_totals.policy_id is null
                then 'No policy known on the day of publication decides on lines'
        end as missing_reason
    from readings
    inner join claim_policy_versions
        on
            readings.claim_id = claim_policy_versions.claim_id
            and readings.basis = claim_policy_versions.basis
    left join waiver_totals
        on
            claim_policy_versions.policy_id = waiver_totals.policy_id
            and claim_policy_versions.policy_version = waiver_totals.policy_version
    where readings.metric_family in ('waiver_eligible_lines', 'waiver_cost_krw')

),

measured as (

    select
        claim_id, basis, computed_value, computed_text,
        is_extensive, sampling_allowance, missing_reason
    from measured_ports
    union all
    select
        claim_id, basis, computed_value, computed_text,
        is_extensive, sampling_allowance, missing_reason
    from measured_stocks
    union all
    select
        claim_id, basis, computed_value, computed_text,
        is_extensive, sampling_allowance, missing_reason
    from measured_losses
    union all
    select
        claim_id, basis, computed_value, computed_text,
        is_extensive, sampling_allowance, missing_reason
    from measured_findings
    union all
    select
        claim_id, basis, computed_value, computed_text,
        is_extensive, sampling_allowance, missing_reason
    from measured_terms
    union all
    select
        claim_id, basis, computed_value, computed_text,
        is_extensive, sampling_allowance, missing_reason
    from measured_pledges
    union all
    select
        claim_id, basis, computed_value, computed_text,
        is_extensive, sampling_allowance, missing_reason
    from measured_waiver

),

final as (

    select
        cast(claim_id as string) as claim_id,
        cast(basis as string) as basis,
        cast(computed_value as decimal(24, 6)) as computed_value,
        cast(computed_text as string) as computed_text,
        cast(is_extensive as boolean) as is_extensive,
        cast(sampling_allowance as decimal(24, 6)) as sampling_allowance,
        cast(missing_reason as string) as missing_reason
    from measured

)

select * from final
