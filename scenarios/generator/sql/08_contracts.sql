-- Commitments: the one a line has at the opening or signs when it is added, and the one it signs
-- again within the year.

create macro discount_of(monthly_fee) as cast(
    monthly_fee * param('contracts.selective_discount_percent') // 100 as bigint
);

create macro subsidy_of(contract_no) as cast(
    param('contracts.subsidy_from') // 10000 * 10000 + 10000 * floor(
        draw('contract.subsidy', contract_no)
        * ((param('contracts.subsidy_to') - param('contracts.subsidy_from')) // 10000 + 1)
    ) as bigint
);

create table contracts as
with signed as (
    select
        line_no * 2 as contract_no,
        line_no,
        brand_class,
        contract_class,
        plan_code,
        signed_on,
        recontract_on as replaced_on,
        terminated_on,
        terminated_known_on
    from lines
    where signed_on is not null
    union all
    select
        lines.line_no * 2 + 1,
        lines.line_no,
        lines.brand_class,
        cards.class,
        lines.plan_code,
        lines.recontract_on,
        null,
        lines.terminated_on,
        lines.terminated_known_on
    from lines
    inner join class_cards as cards
        on lines.brand_class = cards.brand_class
            and card('contract.again', lines.line_no) = cards.slot
    where lines.recontract_on is not null
)

select
    signed.contract_no,
    signed.line_no,
    signed.brand_class,
    signed.signed_on,
    signed.replaced_on,
    signed.terminated_on,
    signed.terminated_known_on,
    terms.contract_kind,
    terms.term_months,
    terms.term_days,
    case
        when terms.contract_kind = 'selective_discount' then discount_of(plans.monthly_fee_krw)
        else 0
    end as monthly_discount_krw,
    case
        when terms.contract_kind = 'device_subsidy' then subsidy_of(signed.contract_no)
        else 0
    end as subsidy_krw
from signed
inner join plan.contract_classes as terms
    on signed.contract_class = terms.class
inner join plan.plans as plans
    on signed.plan_code = plans.plan_code
order by signed.contract_no;
