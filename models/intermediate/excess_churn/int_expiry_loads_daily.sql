-- Grain: one row per (processing day, feature that counts ending commitments).
-- Commitments a day whose term ends around the processing day.

with baseline_days as (

    select * from {{ ref('int_baseline_days') }}

),

features as (

    select * from {{ ref('ref_baseline_features') }}

),

calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

contracts as (

    select * from {{ ref('stg_operator__contracts') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

terms_signed as (

    select
        signed_on,
        term_days,
        count(*) as commitments
    from contracts
    group by 1, 2

),

-- By the term signed, not by the end that came: that one is moved by who leaves. Commitments that
-- ended before the first delivery are not in it, so neither are these days.
terms_ended as (

    select
        cast(
            terms_signed.signed_on + cast(terms_signed.term_days as integer) * interval 1 day
            as date
        ) as ends_on,
        sum(terms_signed.commitments) as commitments
    from terms_signed
    group by 1

),

final as (

    select
        baseline_days.processed_on,
        baseline_days.is_quiet,
        features.feature_order,
        cast(sum(coalesce(terms_ended.commitments, 0)) as double) / count(*) as load
    from baseline_days
    inner join features
        on features.feature_kind = 'expiry_load'
    inner join calendar
        on abs({{ dbt.datediff('baseline_days.processed_on', 'calendar.calendar_date', 'day') }})
            <= features.half_width_days
    inner join delivery_facts
        on calendar.calendar_date >= delivery_facts.observed_from
    left join terms_ended
        on calendar.calendar_date = terms_ended.ends_on
    group by 1, 2, 3

)

select * from final
