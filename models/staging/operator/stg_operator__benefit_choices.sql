{{ config(materialized='keyed', unique_key='line_key') }}

with

delivered as (
    {{ delivered_rows('benefit_choices') }}
),

exceptions as (
    select * from {{ ref('stg_operator__benefit_choices_exceptions') }}
    {{ in_scope('natural_id', 'benefit_choices') }}
),

lines as (
    select * from {{ ref('stg_operator__line_vault') }}
    {{ in_scope('line_id') }}
),

accepted as (
    {{ accepted_rows('benefit_choices') }}
),

final as (
    select
        lines.line_key,
        accepted.incident_id,
        {{ as_date('accepted.chosen_on') }} as chosen_on,
        {{ as_text('accepted.choice') }} as choice,
        accepted.delivered_on as loaded_on
    from accepted
    inner join lines on accepted.line_id = lines.line_id
)

select * from final
