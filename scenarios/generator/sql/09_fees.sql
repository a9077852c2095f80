-- What leaving costs: the correct fee by the rule of the contract (an implementation of its own,
-- the warehouse is measured against it), what was charged, and when it was paid.

create table fees as
with at_end as (
    select
        contracts.*,
        terminated_on - signed_on as elapsed_days,
        least(
            (terminated_on - signed_on) // param('fees.days_per_month'), term_months
        ) as months_elapsed
    from contracts
    where terminated_on is not null
        and replaced_on is null
),

received as (
    select
        at_end.*,
        monthly_discount_krw * months_elapsed as discounts_krw,
        rules.grace_days,
        coalesce(steps.percent, 0) as step_percent
    from at_end
    left join plan.fee_rules as rules
        on at_end.brand_class = rules.brand_class
            and at_end.contract_kind = rules.contract_kind
            and at_end.term_months = rules.term_months
    left join plan.step_sums as steps
        on at_end.months_elapsed = steps.months
),

computed as (
    select
        received.*,
        cast(case
            when elapsed_days >= term_days then 0
            when brand_class = 'hosted'
                then greatest(monthly_discount_krw * step_percent // 100, 0)
            when elapsed_days <= grace_days then discounts_krw + subsidy_krw
            else (discounts_krw + subsidy_krw) * (term_days - elapsed_days)
                // (term_days - grace_days)
        end as bigint) as correct_krw,
        cast(
            subsidy_krw * greatest(term_days - elapsed_days, 0) // term_days as bigint
        ) as without_grace_krw
    from received
),

-- Each kind of error has candidates of its own; they are taken in a drawn order.
candidates as (
    select
        computed.*,
        case
            when correct_krw = 0 and elapsed_days >= term_days
                and elapsed_days < term_days + 200 and brand_class = 'own'
                then 'after_end_of_term'
            when without_grace_krw > 0 and without_grace_krw < correct_krw
                and draw('fee.error_kind', contract_no) < 0.5 then 'without_grace'
            when correct_krw >= 1000 and draw('fee.error_kind', contract_no) < 0.8
                then 'overcharged'
            when correct_krw >= 1000 then 'undercharged'
        end as error_kind
    from computed
),

ranked as (
    select
        contract_no,
        error_kind,
        row_number() over (
            partition by error_kind
            order by draw('fee.error', contract_no), contract_no
        ) as place
    from candidates
    where error_kind is not null
),

wrong as (
    select
        ranked.contract_no,
        ranked.error_kind
    from ranked
    inner join plan.fee_errors as errors
        on ranked.error_kind = errors.error_kind
            and ranked.place <= errors.n
),

charged as (
    select
        computed.*,
        wrong.error_kind,
        case wrong.error_kind
            when 'overcharged'
                then correct_krw * (110 + cast(floor(
                    draw('fee.too_much', computed.contract_no) * 60
                ) as bigint)) // 100
            when 'undercharged'
                then correct_krw * (30 + cast(floor(
                    draw('fee.too_little', computed.contract_no) * 60
                ) as bigint)) // 100
            when 'without_grace' then without_grace_krw
            when 'after_end_of_term' then 10000 + 1000 * cast(floor(
                draw('fee.ended', computed.contract_no) * 50
            ) as bigint)
            else correct_krw
        end as charged_krw
    from computed
    left join wrong
        on computed.contract_no = wrong.contract_no
)

select
    contract_no,
    line_no,
    contract_kind,
    case contract_kind
        when 'selective_discount' then 'selective_return'
        else 'subsidy_clawback'
    end as item_kind,
    terminated_on,
    correct_krw,
    charged_krw,
    error_kind
from charged;

create table timely_bills as
with others as (
    select
        line_no,
        'instalment_balance' as item_kind,
        100000 + 10000 * cast(floor(draw('bill.instalment', line_no) * 80) as bigint) as amount_krw
    from lines
    where terminated_on is not null
        and line_kind = 'handset'
        and brand_class = 'own'
        and draw('bill.has_instalment', line_no) < param('fees.instalment_share')
    union all
    select
        line_no,
        'downgrade_settlement',
        30000 + 1000 * cast(floor(draw('bill.downgrade', line_no) * 60) as bigint)
    from lines
    where terminated_on is not null
        and line_kind = 'handset'
        and brand_class = 'own'
        and draw('bill.has_downgrade', line_no) < param('fees.downgrade_share')
    union all
    select
        line_no,
        'bundle_penalty',
        20000 + 1000 * cast(floor(draw('bill.bundle', line_no) * 130) as bigint)
    from lines
    where terminated_on is not null
        and line_kind = 'handset'
        and brand_class = 'own'
        and draw('bill.has_bundle', line_no) < param('fees.bundle_share')
),

items as (
    select
        line_no,
        contract_no,
        item_kind,
        charged_krw as amount_krw
    from fees
    where charged_krw > 0
    union all
    select
        line_no,
        null,
        item_kind,
        amount_krw
    from others
),

dated as (
    select
        items.*,
        lines.terminated_on as billed_on,
        lines.terminated_known_on,
        case
            when draw('bill.never', items.line_no) < case lines.termination_kind
                when 'forced' then param('fees.forced_never_paid_share')
                else param('fees.never_paid_share')
            end then null
            when draw('bill.at_once', items.line_no) < param('fees.paid_at_once_share')
                then lines.terminated_on
            else lines.terminated_on
                + 1 + cast(floor(draw('bill.paid', items.line_no) * 20) as integer)
        end as paid_on,
        row_number() over (order by items.line_no, items.item_kind) as item_no
    from items
    inner join lines
        on items.line_no = lines.line_no
)

select
    item_no,
    line_no,
    contract_no,
    item_kind,
    amount_krw,
    billed_on,
    case when paid_on <= param('period.last_on') then paid_on end as paid_on,
    terminated_known_on as known_on
from dated;

-- Some items come in weeks after the bill was written.
create table late_bills as
select
    item_no,
    known_on + param('dirt.late_from') + cast(floor(
        draw('late.bill', item_no) * (param('dirt.late_to') - param('dirt.late_from') + 1)
    ) as integer) as known_on
from timely_bills
where billed_on >= param('period.daily_from')
    and known_on = billed_on
    and paid_on = billed_on
    and billed_on + param('dirt.late_to') < param('period.last_on')
order by draw('late.bill_pick', item_no), item_no
limit param('count.late_rows.bill_items');

create table bills as
select
    timely_bills.* exclude (known_on),
    coalesce(late_bills.known_on, timely_bills.known_on) as known_on
from timely_bills
left join late_bills
    on timely_bills.item_no = late_bills.item_no;
