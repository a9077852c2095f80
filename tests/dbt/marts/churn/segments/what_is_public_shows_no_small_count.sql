-- No count that may be shown is above nought and below the smallest allowed, nor is a difference
-- that a reader can form: what is withheld of a kind in a month, and leavers other than by port.

with report as (

    select * from {{ ref('rpt_churn_segments_monthly') }}

),

segments as (

    select * from {{ ref('fct_churn_segments_monthly') }}

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

counts_shown as (

    select month, segment_kind, opening_lines as amount from report
    union all
    select month, segment_kind, closing_lines as amount from report
    union all
    select month, segment_kind, gross_adds as amount from report
    union all
    select month, segment_kind, deactivations as amount from report
    union all
    select month, segment_kind, port_outs as amount from report
    union all
    select month, segment_kind, deactivations - port_outs as amount from report

),

totals as (

    select
        month,
        segment_kind,
        sum(deactivations) as deactivations,
        sum(port_outs) as port_outs
    from segments
    group by 1, 2

),

remainders as (

    select
        report.month,
        report.segment_kind,
        max(totals.deactivations) - coalesce(sum(report.deactivations), 0) as amount
    from report
    inner join totals
        on
            report.month = totals.month
            and report.segment_kind = totals.segment_kind
    group by 1, 2
    -- The whole of a kind that is withheld as a whole is no secret.
    having count(report.deactivations) > 0

),

final as (

    select counts_shown.month, counts_shown.segment_kind, counts_shown.amount
    from counts_shown
    cross join smallest
    where
        counts_shown.amount > 0
        and counts_shown.amount < smallest.min_cell_size
    union all
    select remainders.month, remainders.segment_kind, remainders.amount
    from remainders
    cross join smallest
    where
        remainders.amount > 0
        and remainders.amount < smallest.min_cell_size

)

select * from final
