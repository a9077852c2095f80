-- Grain: one row per (line_key, version_number), an earlier version of a line whose id was used
-- again.

{{ config(materialized='keyed', unique_key='line_key') }}

with

delivered as (
    {{ delivered_rows('lines') }}
),

every_version as (
    {{ delivered_rows('lines') }}
),

exceptions as (
    select * from {{ ref('stg_operator__lines_exceptions') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
),

carriers as (
    select * from {{ ref('ref_carriers') }}
),

superseded as (
    select
        source_file,
        source_row
    from exceptions
    where status = 'superseded'
),

-- Which lines had ended by an earlier version, and began again by the newest one? Only these need
-- their history; a new number, owner, device or plan changes neither day.
lines_used_again as (
    select distinct lines.line_id
    from delivered
    inner join superseded
        on
            delivered.source_row = superseded.source_row
            and delivered.source_file = superseded.source_file
    inner join lines
        on delivered.line_id = lines.line_id
    where
        {{ as_timestamp('delivered.terminated_at') }} is not null
        and {{ as_timestamp('delivered.activated_at') }} <> lines.activated_at
),

final as (
    select
        lines.line_key,
        cast(
            row_number() over (
                partition by lines.line_key
                order by
                    every_version.delivered_on asc nulls last,
                    every_version.source_file asc,
                    every_version.source_row asc
            ) as bigint
        ) as version_number,
        {{ as_timestamp('every_version.activated_at') }} as activated_at,
        every_version.activation_kind,
        {{ as_text('every_version.donor_carrier') }} as donor_carrier,
        {{ as_timestamp('every_version.terminated_at') }} as terminated_at,
        {{ as_text('every_version.termination_kind') }} as termination_kind,
        every_version.line_kind,
        every_version.network_brand,
        carriers.is_operator as is_own_brand,
        every_version.plan_code,
        every_version.delivered_on as known_from
    from every_version
    inner join lines_used_again
        on every_version.line_id = lines_used_again.line_id
    inner join superseded
        on
            every_version.source_row = superseded.source_row
            and every_version.source_file = superseded.source_file
    inner join lines
        on every_version.line_id = lines.line_id
    inner join carriers
        on every_version.network_brand = carriers.carrier_code
)

select * from final
