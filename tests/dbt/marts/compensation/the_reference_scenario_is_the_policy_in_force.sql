-- A scenario that changes nothing decides as the current version does: as many lines with each
-- reason, and the same won covered. The two are computed apart.

with scenarios as (

    select * from {{ ref('rpt_policy_scenarios') }}

),

decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

reference_rows as (

    select policy_id, policy_version, reason_code, lines as line_count, cost_krw, delta_krw
    from scenarios
    where
        is_reference
        and segment_kind = 'total'
        and cost_part = 'termination_fees'

),

policies as (

    select distinct policy_id from reference_rows

),

decided as (

    select
        decisions.policy_id,
        decisions.policy_version,
        decisions.reason_code,
        count(*) as line_count,
        sum(case when decisions.is_eligible then decisions.covered_krw else 0 end) as cost_krw
    from decisions
    inner join policies
        on decisions.policy_id = policies.policy_id
    where decisions.is_current
    group by 1, 2, 3

),

final as (

    select
        coalesce(reference_rows.policy_id, decided.policy_id) as policy_id,
        coalesce(reference_rows.reason_code, decided.reason_code) as reason_code,
        reference_rows.line_count,
        decided.line_count as decided_line_count,
        reference_rows.cost_krw,
        decided.cost_krw as decided_cost_krw
    from reference_rows
    full outer join decided
        on
            reference_rows.policy_id = decided.policy_id
            and reference_rows.policy_version = decided.policy_version
            and reference_rows.reason_code = decided.reason_code
    where
        reference_rows.line_count is distinct from decided.line_count
        or reference_rows.cost_krw is distinct from decided.cost_krw
        or coalesce(reference_rows.delta_krw, 0) != 0

)

select * from final
