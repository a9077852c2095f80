-- Versions x lines, neither more nor less: a join that multiplied or lost lines would show here.
-- The key itself is tested on the current versions; counting is what stays cheap on all of them.

with decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

lines as (

    select * from {{ ref('int_terminated_lines_profiled') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

decisions_counted as (

    select policy_id, policy_version, count(*) as decision_count
    from decisions
    group by 1, 2

),

lines_counted as (

    select count(*) as line_count from lines

),

final as (

    select
        versions.policy_id,
        versions.policy_version,
        decisions_counted.decision_count,
        lines_counted.line_count
    from versions
    cross join lines_counted
    left join decisions_counted
        on
            versions.policy_id = decisions_counted.policy_id
            and versions.policy_version = decisions_counted.policy_version
    where coalesce(decisions_counted.decision_count, 0) != lines_counted.line_count

)

select * from final
