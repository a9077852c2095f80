-- Grain: one row per (claim_id, basis) of the claims about how many lines a carrier has.
-- computed_value is what the deliveries hold, not yet scaled by the sample rate.

with readings as (

    select * from {{ ref('int_claim_readings') }}

),

lines_changed as (

    select * from {{ ref('int_lines_changed_daily') }}

),

market_lines as (

    select * from {{ ref('ref_market_lines') }}

),

carriers as (

    select * from {{ ref('ref_carriers') }}

),

stock_readings as (

    select
        claim_id,
        basis,
        metric_family,
        metric_argument,
        period_to,
        as_of_date,
        sample_rate
    from readings
    where metric_family in ('handset_lines', 'carrier_rank')

),

operator_lines as (

    select
        stock_readings.claim_id,
        stock_readings.basis,
        carriers.carrier_code,
        coalesce(sum(lines_changed.gross_adds - lines_changed.deactivations), 0) as lines_held,
        coalesce(sum(lines_changed.gross_adds - lines_changed.deactivations), 0)
        / max(stock_readings.sample_rate) as lines_in_market,
        true as is_counted_from_exports
    from stock_readings
    inner join carriers
        on carriers.is_operator
    left join lines_changed
        on
            stock_readings.period_to >= lines_changed.changed_on
            and lines_changed.is_own_brand
            and lines_changed.line_kind = 'handset'
    group by stock_readings.claim_id, stock_readings.basis, carriers.carrier_code

),

other_counts as (

    select
        stock_readings.claim_id,
        stock_readings.basis,
        market_lines.carrier_code,
        market_lines.lines,
        row_number() over (
            partition by stock_readings.claim_id, stock_readings.basis, market_lines.carrier_code
            order by
                market_lines.counted_on desc nulls last,
                market_lines.known_from desc nulls last
        ) as newest_first
    from stock_readings
    inner join market_lines
        on
            market_lines.line_kind = 'handset'
            and stock_readings.period_to >= market_lines.counted_on
            and stock_readings.as_of_date >= market_lines.known_from

),

carrier_lines as (

    select claim_id, basis, carrier_code, lines_held, lines_in_market, is_counted_from_exports
    from operator_lines
    union all
    select
        claim_id,
        basis,
        carrier_code,
        lines as lines_held,
        lines as lines_in_market,
        false as is_counted_from_exports
    from other_counts
    where newest_first = 1

),

network_operators as (

    select count(*) as network_operators
    from carriers
    where carrier_class = 'mno'

),

stocks_measured as (

    select
        stock_readings.claim_id,
        stock_readings.basis,
        case
            when stock_readings.metric_family = 'handset_lines' then max(named.lines_held)
            when count(others.carrier_code) + 1 = max(network_operators.network_operators)
                then 1 + count(*) filter (where others.lines_in_market > named.lines_in_market)
        end as computed_value,
        stock_readings.metric_family = 'handset_lines'
        and max(case when named.is_counted_from_exports then 1 else 0 end) = 1 as is_extensive,
        case when stock_readings.metric_family = 'handset_lines' then 1 else 0 end
            as sampling_allowance,
        case
            when count(named.carrier_code) = 0 then 'No line count of the carrier is known'
            when
                stock_readings.metric_family = 'carrier_rank'
                and count(others.carrier_code) + 1 <> max(network_operators.network_operators)
                then 'The lines of some network operator are not known'
        end as missing_reason
    from stock_readings
    cross join network_operators
    left join carrier_lines as named
        on
            stock_readings.claim_id = named.claim_id
            and stock_readings.basis = named.basis
            and stock_readings.metric_argument = named.carrier_code
    left join carrier_lines as others
        on
            stock_readings.claim_id = others.claim_id
            and stock_readings.basis = others.basis
            and stock_readings.metric_argument <> others.carrier_code
    group by stock_readings.claim_id, stock_readings.basis, stock_readings.metric_family

),

final as (

    select
        claim_id,
        basis,
        case when missing_reason is null then cast(computed_value as decimal(24, 6)) end
            as computed_value,
        cast(null as string) as computed_text,
        is_extensive,
        cast(sampling_allowance as decimal(24, 6)) as sampling_allowance,
        missing_reason
    from stocks_measured

)

select * from final
