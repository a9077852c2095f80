-- Grain: one row per (line_key, spell_number, direction), a customer who left a brand and ported
-- back to it. Additive. A time in service is in twice if its customer had come from elsewhere, went
-- home, and came back.

with lines_returned as (

    select * from {{ ref('int_lines_returned') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

policy_paths as (

    select * from {{ ref('ref_policy_paths') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

-- In which window of a programme open to every leaver did the line end here? Of several the one
-- that began last.
ended_in_paths as (

    select
        lines_returned.line_key,
        lines_returned.spell_number,
        lines_returned.direction,
        versions.programme_id,
        policy_paths.path,
        row_number() over (
            partition by
                lines_returned.line_key, lines_returned.spell_number, lines_returned.direction
            order by policy_paths.terminated_from desc nulls last, versions.policy_id asc
        ) as place
    from lines_returned
    inner join policy_paths
        on
            lines_returned.ended_on >= policy_paths.terminated_from
            and (
                lines_returned.ended_on <= policy_paths.terminated_to
                or policy_paths.terminated_to is null
            )
    inner join versions
        on
            policy_paths.policy_id = versions.policy_id
            and policy_paths.policy_version = versions.policy_version
    where
        versions.is_current
        and not versions.is_victims_only

),

final as (

    select
        cast(lines_returned.line_key as bigint) as line_key,
        cast(lines_returned.spell_number as bigint) as spell_number,
        cast(lines_returned.direction as string) as direction,
        cast(lines_returned.left_carrier as string) as left_carrier,
        cast(lines_returned.via_carrier as string) as via_carrier,
        cast(lines_returned.left_on as date) as left_on,
        cast(lines_returned.returned_on as date) as returned_on,
        cast(lines_returned.lag_days as bigint) as lag_days,
        cast(lines_returned.is_after_incident_of_left_carrier as boolean)
            as is_after_incident_of_left_carrier,
        cast(lines_returned.incident_id as string) as incident_id,
        cast(lines_returned.left_in_period as string) as left_in_period,
        cast(lines_returned.ended_on as date) as ended_on,
        cast(ended_in_paths.programme_id as string) as programme_id,
        cast(ended_in_paths.path as string) as programme_path,
        cast(lines_returned.rejoined_line_key as bigint) as rejoined_line_key,
        cast(lines_returned.left_on >= delivery_facts.observed_from as boolean)
            as is_leaving_observed
    from lines_returned
    cross join delivery_facts
    left join ended_in_paths
        on
            lines_returned.line_key = ended_in_paths.line_key
            and lines_returned.spell_number = ended_in_paths.spell_number
            and lines_returned.direction = ended_in_paths.direction
            and ended_in_paths.place = 1

)

select * from final
