-- Grain: one row per day of the processing calendar.
-- Was what happened on the day delivered, and until when may it be answered or undone? A closed day
-- has no ports and is no gap. A processing day is missing if the delivery that should have held it
-- did not come or has no file of port requests, and no other delivery brought a port of the day.

with days_covered as (

    select * from {{ ref('int_days_covered') }}

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

days as (

    select
        service_date,
        is_processing_day,
        is_observed,
        covered_by,
        has_port_file,
        sum(case when is_processing_day then 1 else 0 end) over (
            order by service_date asc nulls last
            rows between unbounded preceding and current row
        ) as processing_days_so_far
    from days_covered

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
        days.service_date,
        rules_in_force.rule_code,
        case
            when rules_in_force.day_kind = 'calendar'
                then
                    cast(
                        days.service_date
                        + cast(rules_in_force.days as integer) * interval 1 day as date
                    )
            else last_days.service_date
        end as last_on
    from days
    inner join rules_in_force
        on
            days.service_date >= rules_in_force.valid_from
            and (
                days.service_date < rules_in_force.replaced_on
                or rules_in_force.replaced_on is null
            )
    left join days as last_days
        on
            days.processing_days_so_far + rules_in_force.days = last_days.processing_days_so_far
            and last_days.is_processing_day

),

period_ends as (

    select
        service_date,
        max(case when rule_code = 'answer_within' then last_on end) as answer_due_on,
        max(case when rule_code = 'undo_within' then last_on end) as undo_until_on
    from periods
    group by 1

),

final as (

    select
        days.service_date,
        days.is_processing_day,
        days.is_observed,
        days.covered_by,
        days.has_port_file as is_file_delivered,
        days.is_processing_day
        and days.is_observed
        and not days.has_port_file
        and days_with_ports.processed_on is null as is_feed_missing,
        period_ends.answer_due_on,
        period_ends.undo_until_on
    from days
    left join days_with_ports
        on days.service_date = days_with_ports.processed_on
    left join period_ends
        on days.service_date = period_ends.service_date

)

select * from final
