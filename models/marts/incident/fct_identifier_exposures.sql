-- Grain: one row per (incident_id, line_key, element).
-- Count distinct lines for users: one user has up to three exposed elements.

with exposed_identifiers as (

    select * from {{ ref('stg_operator__exposed_identifiers') }}

),

final as (

    select
        cast(incident_id as string) as incident_id,
        cast(line_key as bigint) as line_key,
        cast(element as string) as element,
        cast(access_point_id as string) as access_point_id,
        cast(first_seen_on as date) as first_seen_on,
        cast(confirmed_on as date) as confirmed_on,
        cast(loaded_on as date) as known_from
    from exposed_identifiers

)

select * from final
