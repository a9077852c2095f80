-- Grain: one row per (line_key, version_number), an earlier version of a line whose id was used
-- again.

{{ config(materialized='keyed', unique_key='line_key') }}

with

delivered as (
    {{ delivered_rows('lines') }}
),

exceptions as (
    select * from {{ ref('stg_operator__lines_exceptions') }}
    {{ in_scope('natural_id', 'lines') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

carriers as (
    select * from {{ ref('ref_carriers') }}
),

superseded as (
    select
        natural_id as line_id,
        source_file,
        source_row
    from exceptions
    where status = 'superseded'
),

ids_superseded as (
    select distinct line_id
    from superseded
),

-- The state of today of the lines in question alone: they are found before their versions are
-- joined, because the engine takes the delivered rows to be many and would hold every line.
lines_delivered_again as (
    select
        lines.line_id,
        lines.line_key,
        lines.activated_at
    from lines
    inner join ids_superseded
        on lines.line_id = ids_superseded.line_id
),

superseded_versions as (
    select
        delivered.line_id,
        {{ as_timestamp('delivered.activated_at') }} as activated_at,
        delivered.activation_kind,
        {{ as_text('delivered.donor_carrier') }} as donor_carrier,
        {{ as_timestamp('delivered.terminated_at') }} as terminated_at,
        {{ as_text('delivered.termination_kind') }} as termination_kind,
        delivered.line_kind,
        delivered.network_brand,
        delivered.plan_code,
        delivered.delivered_on,
        delivered.source_file,
        delivered.source_row
    from delivered
    inner join superseded
        on
            delivered.source_row = superseded.source_row
            and delivered.source_file = superseded.source_file
),

-- Which lines had ended by an earlier version, and began again by the newest one? Only these need
-- their history; a new number, owner, device or plan changes neither day.
lines_used_again as (
    select
        superseded_versions.line_id,
        lines_delivered_again.line_key
    from superseded_versions
    inner join lines_delivered_again
        on superseded_versions.line_id = lines_delivered_again.line_id
    where
        superseded_versions.terminated_at is not null
        and superseded_versions.activated_at <> lines_delivered_again.activated_at
    group by 1, 2
),

final as (
    select
        lines_used_again.line_key,
        cast(
            row_number() over (
                partition by lines_used_again.line_key
                order by
                    superseded_versions.delivered_on asc nulls last,
                    superseded_versions.source_file asc,
                    superseded_versions.source_row asc
            ) as bigint
        ) as version_number,
        superseded_versions.activated_at,
        superseded_versions.activation_kind,
        superseded_versions.donor_carrier,
        superseded_versions.terminated_at,
        superseded_versions.termination_kind,
        superseded_versions.line_kind,
        superseded_versions.network_brand,
        carriers.is_operator as is_own_brand,
        superseded_versions.plan_code,
        superseded_versions.delivered_on as known_from
    from superseded_versions
    inner join lines_used_again
        on superseded_versions.line_id = lines_used_again.line_id
    inner join carriers
        on superseded_versions.network_brand = carriers.carrier_code
)

select * from final
