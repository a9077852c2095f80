-- Grain: one row per day of the processing calendar.
-- Was what happened on the day delivered, and until when may it be answered or undone? A closed day
-- has no ports and is no gap. A processing day is missing if the delivery that should have held it
-- has no file of port requests and no other delivery brought a port of the day.

with calendar as (

    select * from {{ ref('ref_processing_calendar') }}

),

batch_files as (

    select * from {{ ref('stg_operator__batch_files') }}

),

port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}

),

porting_rules as (

    select * from {{ ref('ref_porting_rules') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

batches as (

    select
        batch_date,
        max(case when entity = 'port_requests' then 1 else 0 end) as port_files
    from batch_files
    group by 1

),

-- Which delivery covers a day? The first one on the day or after it.
days as (

    select
        calendar.calendar_date,
        calendar.is_processing_day,
        sum(case when calendar.is_processing_day then 1 else 0 end) over (
            order by calendar.calendar_date asc nulls last
            rows between unbounded preceding and current row
        ) as processing_days_so_far,
        min(batches.batch_date) over (
            order by calendar.calendar_date asc nulls last
            rows between current row and unbounded following
        ) as covered_by
    from calendar
    left join batches
        on calendar.calendar_date = batches.batch_date

),

days_with_ports as (

    select distinct processed_on
    from port_requests
    where processed_on is not null

),

rules_known as (

    select
        porting_rules.rule_code,
        porting_rules.valid_from,
        max_by(porting_rules.days, porting_rules.known_from) as days,
        max_by(porting_rules.day_kind, porting_rules.known_from) as day_kind
    from porting_rules
    inner join delivery_facts
        on porting_rules.known_from <= delivery_facts.as_of_date
    group by 1, 2

),

rules_in_force as (

    select
        rule_code,
        valid_from,
        days,
        day_kind,
        lead(valid_from) over (
            partition by rule_code
            order by valid_from asc nulls last
        ) as replaced_on
    from rules_known

),

periods as (

    select
        days.calendar_date,
        rules_in_force.rule_code,
        case
            when rules_in_force.day_kind = 'calendar'
                then
                    cast(
                        days.calendar_date
                        + cast(rules_in_force.days as integer) * interval 1 day as date
                    )
            else last_days.calendar_date
        end as last_on
    from days
    inner join rules_in_force
        on
            days.calendar_date >= rules_in_force.valid_from
            and (
                days.calendar_date < rules_in_force.replaced_on
                or rules_in_force.replaced_on is null
            )
    left join days as last_days
        on
            days.processing_days_so_far + rules_in_force.days = last_days.processing_days_so_far
            and last_days.is_processing_day

),

period_ends as (

    select
        calendar_date,
        max(case when rule_code = 'answer_within' then last_on end) as answer_due_on,
        max(case when rule_code = 'undo_within' then last_on end) as undo_until_on
    from periods
    group by 1

),

final as (

    select
        days.calendar_date as service_date,
        days.is_processing_day,
        days.calendar_date
        between delivery_facts.observed_from and delivery_facts.as_of_date as is_observed,
        days.covered_by,
        coalesce(batches.port_files, 0) > 0 as is_file_delivered,
        days.is_processing_day
        and coalesce(batches.port_files, 0) = 0
        and days_with_ports.processed_on is null
        and days.calendar_date
        between delivery_facts.observed_from and delivery_facts.as_of_date as is_feed_missing,
        period_ends.answer_due_on,
        period_ends.undo_until_on
    from days
    cross join delivery_facts
    left join batches
        on days.covered_by = batches.batch_date
    left join days_with_ports
        on days.calendar_date = days_with_ports.processed_on
    left join period_ends
        on days.calendar_date = period_ends.calendar_date

)

select * from final
