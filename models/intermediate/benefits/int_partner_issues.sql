-- Grain: one row per (partner programme, category of partner, month begun by the as-of date).
-- Coupons issued on the first of the month to the lines that the deliveries known on that day
-- showed as entitled, by the offers known on that day. What is learnt later changes the next
-- issue.

with spans as (

    select * from {{ ref('int_partner_spans') }}

),

port_requests as (

    select * from {{ ref('stg_operator__port_requests') }}

),

programme_months as (

    select * from {{ ref('int_programme_months') }}

),

offers as (

    select * from {{ ref('ref_partner_offers') }}

),

-- Between such a port and its reversal the line was taken for ended, and got nothing.
lines_taken_for_ended as (

    select
        spans.programme_id,
        programme_months.cost_month,
        count(distinct spans.line_key) as lines
    from port_requests
    inner join spans
        on port_requests.line_key = spans.line_key
    inner join programme_months
        on spans.programme_id = programme_months.programme_id
    where
        port_requests.status = 'reversed'
        and port_requests.processed_on <= programme_months.cost_month
        and port_requests.loaded_on > programme_months.cost_month
        and spans.first_issued_month <= programme_months.cost_month
        and coalesce(spans.last_issued_month >= programme_months.cost_month, true)
    group by 1, 2

),

lines_by_month as (

    select
        spans.programme_id,
        programme_months.cost_month,
        programme_months.treatment_code,
        sum(spans.lines) as lines
    from spans
    inner join programme_months
        on
            spans.programme_id = programme_months.programme_id
            and spans.first_issued_month <= programme_months.cost_month
            and coalesce(spans.last_issued_month >= programme_months.cost_month, true)
    group by 1, 2, 3

),

offers_by_month as (

    select
        lines_by_month.programme_id,
        lines_by_month.treatment_code,
        lines_by_month.cost_month,
        lines_by_month.lines,
        offers.partner_category,
        offers.coupons_per_month,
        offers.share_low_krw,
        offers.share_base_krw,
        offers.share_high_krw,
        offers.take_up_low_rate,
        offers.take_up_base_rate,
        offers.take_up_high_rate,
        row_number() over (
            partition by
                lines_by_month.programme_id, lines_by_month.cost_month, offers.partner_category
            order by offers.known_from desc nulls last
        ) as recency
    from lines_by_month
    inner join offers
        on
            lines_by_month.programme_id = offers.programme_id
            and lines_by_month.cost_month >= offers.known_from

),

coupons as (

    select
        offers_by_month.programme_id,
        offers_by_month.treatment_code,
        offers_by_month.partner_category,
        offers_by_month.cost_month as benefit_month,
        cast(
            (offers_by_month.lines - coalesce(lines_taken_for_ended.lines, 0))
            * offers_by_month.coupons_per_month as bigint
        ) as issued_count,
        offers_by_month.share_low_krw,
        offers_by_month.share_base_krw,
        offers_by_month.share_high_krw,
        cast(round(offers_by_month.take_up_low_rate * 10000) as bigint) as take_up_low_bp,
        cast(round(offers_by_month.take_up_base_rate * 10000) as bigint) as take_up_base_bp,
        cast(round(offers_by_month.take_up_high_rate * 10000) as bigint) as take_up_high_bp
    from offers_by_month
    left join lines_taken_for_ended
        on
            offers_by_month.programme_id = lines_taken_for_ended.programme_id
            and offers_by_month.cost_month = lines_taken_for_ended.cost_month
    where offers_by_month.recency = 1

),

final as (

    select
        programme_id,
        treatment_code,
        partner_category,
        benefit_month,
        issued_count,
        {{ whole_won('issued_count * take_up_low_bp * share_low_krw', '10000') }}
            as expected_low_krw,
        {{ whole_won('issued_count * take_up_base_bp * share_base_krw', '10000') }}
            as expected_krw,
        {{ whole_won('issued_count * take_up_high_bp * share_high_krw', '10000') }}
            as expected_high_krw
    from coupons

)

select * from final
