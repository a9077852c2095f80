{{ config(materialized='keyed', unique_key='claim_id', meta={'entity': 'waiver_claims'}) }}

with

delivered as (
    {{ delivered_rows('waiver_claims') }}
),

exceptions as (
    select * from {{ ref('stg_operator__waiver_claims_exceptions') }}
    {{ in_scope('natural_id') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

accepted as (
    {{ accepted_rows('waiver_claims') }}
),

final as (
    select
        accepted.claim_id,
        lines.line_key,
        {{ as_timestamp('accepted.claimed_at') }} as claimed_at,
        {{ as_boolean('accepted.payee_is_owner') }} as payee_is_owner,
        {{ as_date('accepted.obstacle_ended_on') }} as obstacle_ended_on,
        {{ as_text('accepted.operator_decision') }} as operator_decision,
        {{ as_free_text('accepted.operator_reason') }} as operator_reason,
        accepted.delivered_on as loaded_on
    from accepted
    inner join lines on accepted.line_id = lines.line_id
)

select * from final
