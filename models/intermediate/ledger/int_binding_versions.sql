-- Grain: one row per binding policy version known at the as-of date, with the days on which it was
-- the newest one known.

with versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

policies as (

    select * from {{ ref('ref_policies') }}

),

ranked as (

    select
        versions.policy_id,
        versions.policy_version,
        versions.programme_id,
        versions.incident_id,
        versions.claim_source,
        versions.known_from,
        versions.claim_closes_at,
        versions.obstacle_days,
        policies.payable_lapses_months,
        lead(versions.known_from) over (
            partition by versions.policy_id
            order by versions.known_from asc nulls last, versions.policy_version asc
        ) as replaced_on
    from versions
    inner join policies
        on
            versions.policy_id = policies.policy_id
            and versions.policy_version = policies.policy_version
    where versions.is_binding

),

final as (

    select
        policy_id,
        policy_version,
        programme_id,
        incident_id,
        claim_source,
        known_from,
        replaced_on,
        claim_closes_at,
        obstacle_days,
        payable_lapses_months
    from ranked
    where replaced_on is null or replaced_on > known_from

)

select * from final
