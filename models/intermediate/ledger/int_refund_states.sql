-- Grain: one row per (line that claims, day on which something its refund depends on became known).
-- What was owed to the line, as far as known on that day and by the policy version in force then.

{{ config(materialized='keyed', unique_key='line_key') }}

with claims_known as (

    select * from {{ ref('int_refund_claims_known') }}
    {{ in_scope('line_key') }}

),

amounts_known as (

    select * from {{ ref('int_refund_amounts_known') }}
    {{ in_scope('line_key') }}

),

eligibility as (

    select * from {{ ref('int_refund_eligibility') }}
    {{ in_scope('line_key') }}

),

binding_versions as (

    select * from {{ ref('int_binding_versions') }}

),

-- Where a claim comes before any version of its policy, its programme is known all the same.
policies as (

    select policy_id, max(programme_id) as programme_id
    from binding_versions
    group by 1

),

claims_judged as (

    select
        claims_known.policy_id,
        amounts_known.policy_version,
        coalesce(binding_versions.programme_id, policies.programme_id) as programme_id,
        claims_known.line_key,
        claims_known.known_from,
        claims_known.is_lapse,
        claims_known.claim_id,
        -- A claim made before its policy said yes is owed from the day on which it did.
        greatest(cast(claims_known.claimed_at as date), binding_versions.known_from)
            as claimable_from,
        {{ claim_status('claims_known', 'binding_versions') }} as claim_status,
        coalesce(eligibility.is_eligible, false) as is_eligible,
        amounts_known.charged_krw,
        amounts_known.collected_krw,
        amounts_known.paid_krw,
        amounts_known.last_paid_on,
        cast(claims_known.claimed_at as date) as claimed_on
    from claims_known
    inner join amounts_known
        on
            claims_known.line_key = amounts_known.line_key
            and claims_known.known_from = amounts_known.known_from
    inner join policies
        on claims_known.policy_id = policies.policy_id
    left join binding_versions
        on
            amounts_known.policy_id = binding_versions.policy_id
            and amounts_known.policy_version = binding_versions.policy_version
    left join eligibility
        on
            amounts_known.policy_id = eligibility.policy_id
            and amounts_known.policy_version = eligibility.policy_version
            and amounts_known.line_key = eligibility.line_key

),

owed as (

    select
        policy_id,
        policy_version,
        programme_id,
        line_key,
        known_from,
        is_lapse,
        claim_id,
        claim_status,
        claimed_on,
        claimable_from,
        last_paid_on,
        paid_krw,
        is_eligible and claim_status in ('in_time', 'excused_by_obstacle') as is_payable,
        charged_krw,
        collected_krw
    from claims_judged

),

-- What nobody had collected when the claim lapsed stays lapsed from then on.
lapsed as (

    select
        policy_id,
        policy_version,
        programme_id,
        line_key,
        known_from,
        claim_id,
        claim_status,
        claimed_on,
        claimable_from,
        last_paid_on,
        paid_krw,
        is_payable,
        case when is_payable then collected_krw else 0 end as payable_krw,
        case when is_payable then charged_krw - collected_krw else 0 end as cancelled_krw,
        coalesce(
            max(
                case
                    when is_lapse and is_payable then greatest(collected_krw - paid_krw, 0)
                end
            ) over (
                partition by line_key
                order by known_from asc nulls last
                rows between unbounded preceding and current row
            ),
            0
        ) as lapsed_krw
    from owed

),

final as (

    select
        policy_id,
        policy_version,
        programme_id,
        line_key,
        known_from,
        claim_id,
        claim_status,
        is_payable,
        claimed_on,
        claimable_from,
        last_paid_on,
        payable_krw,
        cancelled_krw,
        paid_krw,
        case when is_payable then lapsed_krw else 0 end as lapsed_krw,
        greatest(paid_krw + case when is_payable then lapsed_krw else 0 end - payable_krw, 0)
            as undue_krw
    from lapsed

)

select * from final
