-- Grain: one row per (policy version, day of termination inside one of its paths).
-- Days that lines ended on, not a calendar: the few that occur are joined to decisions by equality.

with versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

policy_paths as (

    select * from {{ ref('ref_policy_paths') }}

),

terminated_lines as (

    select * from {{ ref('int_terminated_lines_profiled') }}

),

termination_days as (

    select distinct terminated_on from terminated_lines

),

final as (

    select
        versions.policy_id,
        versions.policy_version,
        termination_days.terminated_on,
        min(policy_paths.path) as path
    from versions
    inner join policy_paths
        on
            versions.policy_id = policy_paths.policy_id
            and versions.policy_version = policy_paths.policy_version
    inner join termination_days
        on
            policy_paths.terminated_from <= termination_days.terminated_on
            and (
                policy_paths.terminated_to >= termination_days.terminated_on
                or policy_paths.terminated_to is null
            )
    group by 1, 2, 3

)

select * from final
