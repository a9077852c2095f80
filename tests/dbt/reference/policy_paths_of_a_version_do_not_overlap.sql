-- A termination lies in one path of a version at most, and a path does not end before it begins.

with policy_paths as (

    select * from {{ ref('ref_policy_paths') }}

),

final as (

    select
        'policy ' || earlier.policy_id || ' ' || earlier.policy_version || ': paths '
        || earlier.path || ' and ' || later.path || ' share a day of termination' as problem
    from policy_paths as earlier
    inner join policy_paths as later
        on
            earlier.policy_id = later.policy_id
            and earlier.policy_version = later.policy_version
            and earlier.path < later.path
            and coalesce(earlier.terminated_from <= later.terminated_to, true)
            and coalesce(earlier.terminated_to >= later.terminated_from, true)
    union all
    select
        'policy ' || policy_id || ' ' || policy_version
        || ': path ' || path || ' ends before it begins' as problem
    from policy_paths
    where terminated_to < terminated_from

)

select * from final
