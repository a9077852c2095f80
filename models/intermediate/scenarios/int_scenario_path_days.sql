-- Grain: one row per (scenario, day of termination that it takes in).
-- Days of the version's paths; a scenario that moves one end takes in every day up to it, and none
-- beyond it.

with scenarios as (

    select * from {{ ref('int_scenario_terms') }}

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

path_ends as (

    select
        policy_id,
        policy_version,
        min(terminated_from) as terminated_from,
        case when count(*) = count(terminated_to) then max(terminated_to) end as terminated_to
    from policy_paths
    group by 1, 2

),

version_days as (

    select
        scenarios.scenario_id,
        termination_days.terminated_on
    from scenarios
    inner join policy_paths
        on
            scenarios.policy_id = policy_paths.policy_id
            and scenarios.policy_version = policy_paths.policy_version
    inner join termination_days
        on
            policy_paths.terminated_from <= termination_days.terminated_on
            and coalesce(
                policy_paths.terminated_to >= termination_days.terminated_on,
                policy_paths.terminated_to is null
            )
    where
        scenarios.terminated_from is null
        and scenarios.terminated_to is null

),

moved_days as (

    select
        scenarios.scenario_id,
        termination_days.terminated_on
    from scenarios
    inner join path_ends
        on
            scenarios.policy_id = path_ends.policy_id
            and scenarios.policy_version = path_ends.policy_version
    inner join termination_days
        on
            coalesce(scenarios.terminated_from, path_ends.terminated_from)
            <= termination_days.terminated_on
            and coalesce(
                coalesce(scenarios.terminated_to, path_ends.terminated_to)
                >= termination_days.terminated_on,
                true
            )
    where
        scenarios.terminated_from is not null
        or scenarios.terminated_to is not null

),

final as (

    select scenario_id, terminated_on, 'taken_in' as path
    from version_days
    union
    select scenario_id, terminated_on, 'taken_in' as path
    from moved_days

)

select * from final
