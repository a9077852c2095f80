-- Grain: one row per (contract_kind, term_months, contract_month).
-- Exposure and departures add up over every column; hazards do not: add both and divide again.

with contracts_followed as (

    select * from {{ ref('int_contracts_observed') }}

),

origins as (

    select * from {{ ref('int_survival_origins') }}
    where time_origin = 'contract'

),

in_months as (

    select
        contract_kind,
        term_months,
        signed_on,
        first_on,
        last_on,
        end_kind,
        contracts,
        {{ complete_months('signed_on', 'first_on') }} as first_month,
        {{ complete_months('signed_on', 'last_on') }} as last_month
    from contracts_followed

),

-- Which part of its first month was over when it came under observation, and of its last when it
-- left? By days.
in_parts_of_months as (

    select
        contract_kind,
        term_months,
        end_kind,
        contracts,
        first_month,
        last_month,
        {{ dbt.datediff(contract_month_start('signed_on', 'first_month'), 'first_on', 'day') }}
        / cast({{ dbt.datediff(
            contract_month_start('signed_on', 'first_month'),
            contract_month_start('signed_on', 'first_month + 1'),
            'day'
        ) }} as double) as over_at_first,
        ({{ dbt.datediff(contract_month_start('signed_on', 'last_month'), 'last_on', 'day') }} + 1)
        / cast({{ dbt.datediff(
            contract_month_start('signed_on', 'last_month'),
            contract_month_start('signed_on', 'last_month + 1'),
            'day'
        ) }} as double) as over_at_last
    from in_months

),

-- A contract under observation from a day to a day is exposed in the months between, and for a part
-- of its first and its last month. So exposure is the contracts that came under observation by a
-- month less those that left it, and the parts; no contract is ever spread over its months.
changes as (

    select
        contract_kind,
        term_months,
        first_month + 1 as contract_month,
        contracts as entered,
        0 as ended,
        -contracts * over_at_first as part_months,
        0 as departures,
        0 as port_outs
    from in_parts_of_months
    union all
    select
        contract_kind,
        term_months,
        last_month + 1 as contract_month,
        0 as entered,
        contracts as ended,
        contracts * over_at_last as part_months,
        case when end_kind = 'censored' then 0 else contracts end as departures,
        case when end_kind = 'port_out' then contracts else 0 end as port_outs
    from in_parts_of_months

),

changes_by_month as (

    select
        contract_kind,
        term_months,
        contract_month,
        sum(entered) as entered,
        sum(ended) as ended,
        sum(part_months) as part_months,
        sum(departures) as departures,
        sum(port_outs) as port_outs
    from changes
    group by 1, 2, 3

),

kinds as (

    select
        contract_kind,
        term_months,
        min(contract_month) as first_month,
        max(contract_month) as last_month
    from changes_by_month
    group by 1, 2

),

-- The whole numbers below a thousand, of three digits each.
digits as (

    select 0 as digit
    {% for digit in range(1, 10) %}
    union all
    select {{ digit }} as digit
    {% endfor %}

),

months as (

    select 100 * hundreds.digit + 10 * tens.digit + ones.digit as number
    from digits as hundreds
    cross join digits as tens
    cross join digits as ones

),

exposed as (

    select
        kinds.contract_kind,
        kinds.term_months,
        months.number as contract_month,
        coalesce(changes_by_month.departures, 0) as departures,
        coalesce(changes_by_month.port_outs, 0) as port_outs,
        sum(coalesce(changes_by_month.entered, 0) - coalesce(changes_by_month.ended, 0)) over (
            partition by kinds.contract_kind, kinds.term_months
            order by months.number asc nulls last
            rows between unbounded preceding and current row
        ) + coalesce(changes_by_month.part_months, 0) as exposure
    from kinds
    inner join months
        on months.number between kinds.first_month and kinds.last_month
    left join changes_by_month
        on
            kinds.contract_kind = changes_by_month.contract_kind
            and kinds.term_months = changes_by_month.term_months
            and months.number = changes_by_month.contract_month

),

with_base as (

    select
        exposed.contract_kind,
        exposed.term_months,
        exposed.contract_month,
        exposed.exposure,
        exposed.departures,
        exposed.port_outs,
        case when exposed.exposure >= origins.min_at_risk then exposed.exposure end as base,
        origins.interval_z
    from exposed
    cross join origins
    where exposed.exposure > 0

),

final as (

    select
        cast(contract_kind as string) as contract_kind,
        cast(term_months as bigint) as term_months,
        cast(contract_month as bigint) as contract_month,
        cast(contract_month - term_months as bigint) as months_after_term,
        cast(round(exposure, 6) as decimal(18, 6)) as line_months,
        cast(departures as bigint) as departures,
        cast(port_outs as bigint) as port_outs,
        cast(round(departures / base, 8) as decimal(12, 8)) as hazard,
        cast(
            round({{ poisson_low('departures', 'interval_z') }} / base, 8) as decimal(12, 8)
        ) as hazard_low,
        cast(
            round({{ poisson_high('departures', 'interval_z') }} / base, 8) as decimal(12, 8)
        ) as hazard_high
    from with_base

)

select * from final
