-- Grain: one row per (incident, line) that was confirmed as affected or made a choice of benefit.

{{ config(materialized='keyed', unique_key='line_key') }}

with exposed_identifiers as (

    select * from {{ ref('stg_operator__exposed_identifiers') }}
    {{ in_scope('line_key') }}

),

unauthorised_payments as (

    select * from {{ ref('int_unauthorised_payments') }}
    {{ in_scope('line_key') }}

),

benefit_choices as (

    select * from {{ ref('stg_operator__benefit_choices') }}
    {{ in_scope('line_key') }}

),

signs as (

    select incident_id, line_key, 'exposure' as sign, confirmed_on
    from exposed_identifiers
    where confirmed_on is not null
    union all
    select incident_id, line_key, 'payment' as sign, confirmed_on
    from unauthorised_payments
    where is_confirmed

),

affected_lines as (

    select
        incident_id,
        line_key,
        count(*) filter (where sign = 'exposure') > 0 as is_exposed,
        count(*) filter (where sign = 'payment') > 0 as is_payment_victim,
        min(confirmed_on) as confirmed_on
    from signs
    group by 1, 2

),

final as (

    select
        coalesce(affected_lines.incident_id, benefit_choices.incident_id) as incident_id,
        coalesce(affected_lines.line_key, benefit_choices.line_key) as line_key,
        coalesce(affected_lines.is_exposed, false) as is_exposed,
        coalesce(affected_lines.is_payment_victim, false) as is_payment_victim,
        affected_lines.confirmed_on,
        benefit_choices.choice,
        benefit_choices.chosen_on
    from affected_lines
    full outer join benefit_choices
        on
            affected_lines.incident_id = benefit_choices.incident_id
            and affected_lines.line_key = benefit_choices.line_key

)

select * from final
