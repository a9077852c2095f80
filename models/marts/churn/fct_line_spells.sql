-- Grain: one row per (line_key, started_on), an unbroken time in service.
-- Lines older than the deliveries are in since observed_from only (left truncation); lines still in
-- service have no end (right censoring).

with lines as (

    select * from {{ ref('stg_operator__lines') }}

),

lines_ended as (

    select * from {{ ref('int_lines_ended') }}

),

final as (

    select
        cast(lines.line_key as bigint) as line_key,
        cast(lines.activated_on as date) as started_on,
        cast(lines.terminated_on as date) as ended_on,
        cast(lines.activation_kind as varchar) as start_kind,
        cast(lines.termination_kind as varchar) as end_kind,
        cast(lines.donor_carrier as varchar) as donor_carrier,
        cast(lines_ended.recipient_carrier as varchar) as recipient_carrier
    from lines
    left join lines_ended
        on lines.line_key = lines_ended.line_key

)

select * from final
