-- No count of a destination that is shown is above nought and below the smallest allowed, nor is
-- what a reader gets by taking the shown ones from the total that another public table shows.

with report as (

    select * from {{ ref('rpt_port_destinations_monthly') }}

),

segments as (

    select * from {{ ref('fct_churn_segments_monthly') }}

),

segments_shown as (

    select * from {{ ref('rpt_churn_segments_monthly') }}

),

privacy_rules as (

    select * from {{ ref('ref_privacy_rules') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

smallest as (

    select max_by(privacy_rules.min_cell_size, privacy_rules.known_from) as min_cell_size
    from privacy_rules
    inner join delivery_facts
        on privacy_rules.known_from <= delivery_facts.as_of_date
    where privacy_rules.rule = 'published_counts'

),

shown as (

    select
        month,
        sum(port_outs) as port_outs,
        count(port_outs) as recipients_shown,
        count(*) as recipients
    from report
    group by 1

),

remainders as (

    select
        shown.month,
        segments_shown.port_outs - coalesce(shown.port_outs, 0) as port_outs
    from shown
    inner join segments_shown
        on
            shown.month = segments_shown.month
            and segments_shown.segment_kind = 'total'
    -- The total itself is no secret where it is shown.
    where shown.recipients_shown > 0

),

amounts as (

    select month, port_outs from report
    union all
    select month, port_outs from remainders

),

-- Who shows all destinations shows the total.
totals_given_away as (

    select
        shown.month,
        shown.port_outs
    from shown
    inner join segments_shown
        on
            shown.month = segments_shown.month
            and segments_shown.segment_kind = 'total'
    where shown.recipients_shown > 0 and segments_shown.port_outs is null

),

-- Destinations are a split of the same lines.
not_adding_up as (

    select
        segments.month,
        segments.port_outs
    from segments
    inner join shown
        on segments.month = shown.month
    where
        segments.segment_kind = 'total'
        and shown.recipients = shown.recipients_shown
        and segments.port_outs is distinct from shown.port_outs

),

final as (

    select amounts.month, amounts.port_outs
    from amounts
    cross join smallest
    where amounts.port_outs > 0 and amounts.port_outs < smallest.min_cell_size
    union all
    select month, port_outs from totals_given_away
    union all
    select month, port_outs from not_adding_up

)

select * from final
