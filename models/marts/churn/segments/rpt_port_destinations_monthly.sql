-- Grain: one row per (month, recipient).
-- May be handed out: complete months, no count below the smallest that may be shown, and none that
-- could be subtracted from the total of rpt_churn_segments_monthly. Recipients add up to its
-- port_outs. Withheld figures are empty, never 0.

with deactivations as (

    select * from {{ ref('fct_deactivations') }}

),

carriers as (

    select * from {{ ref('dim_carriers') }}

),

segments as (

    select * from {{ ref('fct_churn_segments_monthly') }}

),

segments_withheld as (

    select * from {{ ref('fct_segments_withheld') }}

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
    cross join delivery_facts
    where
        privacy_rules.rule = 'published_counts'
        and privacy_rules.known_from <= delivery_facts.as_of_date

),

months as (

    select month, port_outs
    from segments
    where segment_kind = 'total' and is_complete

),

counted as (

    select
        months.month,
        coalesce(carriers.published_group, 'unknown') as recipient,
        count(*) as port_outs
    from deactivations
    inner join months
        on {{ month_of('deactivations.deactivated_on') }} = months.month
    left join carriers
        on deactivations.recipient_carrier = carriers.carrier_code
    where deactivations.kind = 'port_out'
    group by 1, 2

),

recipients as (

    select distinct recipient
    from counted

),

-- As a split that has no stock: a recipient appears with the first line that went there.
cells as (

    select
        'recipient' as segment_kind,
        'all' as part,
        recipients.recipient as unit,
        months.month,
        0 as opening_lines,
        coalesce(counted.port_outs, 0) as gross_adds,
        coalesce(counted.port_outs, 0) as port_outs
    from months
    cross join recipients
    left join counted
        on
            months.month = counted.month
            and recipients.recipient = counted.recipient

),

-- Recipients add up to the total: where the total is withheld, so are all of them.
withheld_with_the_total as (

    select
        'recipient' as segment_kind,
        recipients.recipient as unit,
        min(months.month) as since
    from recipients
    cross join months
    inner join segments_withheld
        on segments_withheld.segment_kind = 'total'
    group by 1, 2

),

withheld as (

    {{ withheld_units('cells', ['port_outs'], 'smallest', 'withheld_with_the_total') | indent }}

),

final as (

    select
        cast(cells.month as date) as month,
        cast(cells.unit as string) as recipient,
        cast(withheld.unit is not null as boolean) as is_suppressed,
        cast(case when withheld.unit is null then cells.port_outs end as bigint) as port_outs,
        cast(
            case
                when withheld.unit is null
                    then
                        round(
                            cast(cells.port_outs as double) / nullif(months.port_outs, 0), 8
                        )
            end as decimal(12, 8)
        ) as share_of_port_outs
    from cells
    inner join months
        on cells.month = months.month
    left join withheld
        on cells.unit = withheld.unit

)

select * from final
