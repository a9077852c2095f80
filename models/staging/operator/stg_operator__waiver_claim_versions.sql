{{ config(materialized='keyed', unique_key='claim_id', meta={'entity': 'waiver_claims'}) }}

with

delivered as (
    {{ delivered_rows('waiver_claims') }}
),

exceptions as (
    select * from {{ ref('stg_operator__waiver_claims_exceptions') }}
    {{ in_scope('natural_id') }}
),

current_versions as (
    select * from {{ ref('stg_operator__waiver_claims') }}
    {{ in_scope('claim_id') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

superseded as (
    {{ superseded_rows('waiver_claims') }}
),

final as (
    select
        claim_id,
        line_key,
        claimed_at,
        payee_is_owner,
        obstacle_ended_on,
        operator_decision,
        loaded_on as known_from
    from current_versions
    union all
    select
        superseded.claim_id,
        lines.line_key,
        {{ as_timestamp('superseded.claimed_at') }} as claimed_at,
        {{ as_boolean('superseded.payee_is_owner') }} as payee_is_owner,
        {{ as_date('superseded.obstacle_ended_on') }} as obstacle_ended_on,
        {{ as_text('superseded.operator_decision') }} as operator_decision,
        superseded.delivered_on as known_from
    from superseded
    inner join lines on superseded.line_id = lines.line_id
)

select * from final
