-- Benefits: how far customers draw on what they were given.

create table usage as
with limited as (
    select
        lines.line_no,
        lines.terminated_on
    from lines
    inner join plan.plans as plans
        on lines.plan_code = plans.plan_code
    where lines.line_kind = 'handset'
        and lines.brand_class = 'own'
        and not plans.is_unlimited_data
        and lines.activated_on <= param('benefits.data_active_on')
        and coalesce(lines.terminated_on, param('period.last_on')) > param('benefits.data_active_on')
        and lines.suspended_on is null
)

select
    limited.line_no,
    months.usage_month,
    param('benefits.data_gb') as granted_gb,
    least(
        1 + cast(floor(
            -ln(1 - draw('usage.gb', limited.line_no * cast(100 as bigint) + month(months.usage_month)))
            * param('benefits.data_mean_gb')
        ) as bigint),
        param('benefits.data_gb')
    ) as used_gb
from limited
cross join plan.data_months as months
where not months.is_for_victims
    and draw('usage', limited.line_no * cast(100 as bigint) + month(months.usage_month))
    < param('benefits.data_taker_share')
    and coalesce(limited.terminated_on, param('period.last_on') + 1) > last_day(months.usage_month)
    and limited.line_no not in (select line_no from victims)
union all
-- The confirmed victims had theirs before.
select
    victims.line_no,
    months.usage_month,
    param('benefits.data_gb'),
    cast(floor(
        draw('usage.victim', victims.line_no * cast(100 as bigint) + month(months.usage_month)) * 60
    ) as bigint)
from victims
inner join lines
    on victims.line_no = lines.line_no
cross join plan.data_months as months
where months.is_for_victims
    and coalesce(lines.terminated_on, param('period.last_on') + 1) > last_day(months.usage_month);

-- Faults of the operator's systems: benefits given to lines that had none coming. Good rows in form.
create table faulty_holders as
with picked as (
    select
        line_no,
        terminated_on,
        terminated_on is null as is_suspended,
        row_number() over (
            partition by terminated_on is null
            order by draw('benefit.fault', line_no), line_no
        ) as place
    from lines
    where line_kind = 'handset'
        and brand_class = 'own'
        and line_no not in (select line_no from victims)
        and (
            (
                terminated_on between param('benefits.data_active_on') + 1
                and param('benefits.partner_from') - 1
                and termination_kind in ('port_out', 'voluntary')
                and suspended_on is null
                and terminated_known_on = terminated_on
            )
            or (terminated_on is null and suspended_on <= param('benefits.data_active_on'))
        )
)

select
    line_no,
    case when is_suspended then 'suspended' else 'after_termination' end as fault
from picked
where place <= case
    when is_suspended then param('count.grants_to_suspended')
    else param('count.grants_after_end')
end;

insert into usage
select
    faulty_holders.line_no,
    months.usage_month,
    param('benefits.data_gb'),
    1 + cast(floor(
        draw('usage.fault', faulty_holders.line_no * cast(100 as bigint) + month(months.usage_month)) * 20
    ) as bigint)
from faulty_holders
cross join plan.data_months as months
where not months.is_for_victims;

create table redemptions as
with spent as (
    select
        lines.line_no,
        months.first_on,
        months.first_on + cast(floor(
            draw('partner.day', lines.line_no * cast(100 as bigint) + month(months.first_on))
            * (last_day(months.first_on) - months.first_on + 1)
        ) as integer) as redeemed_on
    from lines
    cross join plan.partner_months as months
    where lines.line_kind = 'handset'
        and lines.brand_class = 'own'
        and lines.activated_on <= param('benefits.data_active_on')
        and draw('partner', lines.line_no * cast(100 as bigint) + month(months.first_on))
        < param('benefits.partner_month_share')
        and coalesce(lines.terminated_on, param('period.last_on') + 1) > last_day(months.first_on)
),

with_faults as (
    select * from spent
    union all
    select
        line_no,
        param('benefits.partner_from'),
        param('benefits.partner_from') + cast(floor(draw('partner.fault', line_no) * 20) as integer)
    from faulty_holders
    where fault = 'after_termination'
),

numbered as (
    select
        with_faults.*,
        row_number() over (order by redeemed_on, line_no, first_on) as redemption_no
    from with_faults
)

select
    numbered.redemption_no,
    numbered.line_no,
    numbered.redeemed_on,
    partners.category,
    partners.face_value_krw,
    partners.face_value_krw * partners.share_percent // 100 as carrier_share_krw
from numbered
inner join decks
    on decks.deck = 'partners'
        and decks.slot = card('partner.category', numbered.redemption_no)
inner join plan.partners as partners
    on decks.code = partners.category;

create table enrolments as
with candidates as (
    select
        customer_no,
        date_sub('year', birth_date, param('benefits.insurance_reference_on')) as age
    from customers
    where customer_type <> 'company'
        and (
            date_sub('year', birth_date, param('benefits.insurance_reference_on'))
            >= param('benefits.insurance_min_age')
            or draw('insurance', customer_no) < param('benefits.insurance_application_share')
        )
),

aged as (
    select distinct
        candidates.customer_no,
        candidates.age
    from lines
    inner join candidates
        on lines.customer_no = candidates.customer_no
    where lines.line_kind = 'handset'
        and lines.brand_class = 'own'
        and lines.activated_on <= param('benefits.insurance_reference_on')
        and coalesce(lines.terminated_on, param('period.last_on') + 1)
        > param('benefits.insurance_reference_on')
),

enrolled as (
    select
        customer_no,
        case
            when age >= param('benefits.insurance_min_age') then 'automatic'
            else 'application'
        end as route,
        case
            when age >= param('benefits.insurance_min_age') then param('benefits.insurance_from')
            else param('benefits.insurance_from') + cast(floor(
                draw('insurance.day', customer_no)
                * (param('period.last_on') - param('benefits.insurance_from') + 1)
            ) as integer)
        end as enrolled_on
    from aged
),

-- Confirmed victims have an insurance of their own, whatever their age.
victims_enrolled as (
    select distinct
        lines.customer_no,
        'automatic' as route,
        param('benefits.victim_insurance_from') + cast(floor(
            draw('victim_insurance.day', lines.customer_no)
            * param('benefits.victim_insurance_days')
        ) as integer) as enrolled_on
    from victims
    inner join lines
        on victims.line_no = lines.line_no
    inner join customers
        on lines.customer_no = customers.customer_no
    where customers.customer_type <> 'company'
),

-- Faults of the enrolment: some of age are forgotten, some covers end a day late, some people are
-- enrolled a second time.
picked as (
    select
        enrolled.*,
        row_number() over (
            partition by route order by draw('insurance.fault', customer_no), customer_no
        ) as place
    from enrolled
),

faults as (
    select
        picked.customer_no,
        picked.route,
        picked.enrolled_on,
        param('benefits.insurance_months') as months,
        case
            when picked.route <> 'automatic' then null
            when place <= param('count.insurance_forgotten') then 'forgotten'
            when place <= param('count.insurance_forgotten') + param('count.insurance_day_late')
                then 'a_day_late'
            when place <= param('count.insurance_forgotten') + param('count.insurance_day_late')
                + param('count.insurance_twice')
                then 'twice'
        end as fault
    from picked
    union all
    select
        customer_no,
        route,
        enrolled_on,
        param('benefits.victim_insurance_months'),
        null
    from victims_enrolled
),

with_second as (
    select * from faults
    union all
    select
        customer_no,
        'application',
        enrolled_on + 20,
        months,
        'second'
    from faults
    where fault = 'twice'
)

select
    -- The forgotten ones are numbered last, so that no number is missing.
    row_number() over (
        order by fault is not distinct from 'forgotten', enrolled_on, customer_no, months, route
    ) as enrolment_no,
    customer_no,
    route,
    enrolled_on,
    months,
    fault,
    cast(enrolled_on + to_months(months) as date) - 1 as right_cover_to,
    cast(enrolled_on + to_months(months) as date)
    - case when fault = 'a_day_late' then 0 else 1 end as cover_to
from with_second;

create table forgotten as
select customer_no from enrolments where fault = 'forgotten';

delete from enrolments where fault = 'forgotten';

-- Losses reported, and on top of them some that are paid wrongly: too much, although they came before
-- the cover, or although the operator had refunded them.
create table insurance_losses as
with picked as (
    select
        *,
        row_number() over (order by draw('insurance.loss', enrolment_no), enrolment_no) as place
    from enrolments
    where enrolled_on < param('period.last_on') - 30
        and fault is null
        and months = param('benefits.insurance_months')
),

sorted as (
    select
        *,
        case
            when place <= param('count.insurance_overpaid') then 'overpaid'
            when place <= param('count.insurance_overpaid')
                + param('count.insurance_paid_outside')
                then 'paid_without_cover'
        end as claim_fault
    from picked
    where place <= param('count.insurance_claims') + param('count.insurance_overpaid')
        + param('count.insurance_paid_outside')
),

dated as (
    select
        sorted.*,
        claim_fault is not distinct from 'paid_without_cover' or (
            claim_fault is null
            and draw('insurance.outside', enrolment_no)
            < param('benefits.insurance_outside_cover_share')
        ) as is_outside,
        cast(floor(
            draw('insurance.loss_day', enrolment_no) * (param('period.last_on') - enrolled_on - 10)
        ) as integer) as days_in,
        200000 + 10000 * cast(floor(
            pow(draw('insurance.loss_krw', enrolment_no), 2) * 2000
        ) as bigint) as loss_krw
    from sorted
),

claimed as (
    select
        enrolment_no,
        case when is_outside then enrolled_on - 1 - days_in else enrolled_on + days_in end
            as loss_on,
        enrolled_on + days_in + 1 + cast(floor(draw('insurance.claim', enrolment_no) * 9) as integer)
            as claimed_on,
        loss_krw,
        is_outside,
        claim_fault
    from dated
    union all
    select
        enrolments.enrolment_no,
        day_of(payments.paid_at),
        enrolments.enrolled_on + 10,
        payments.amount_krw,
        true,
        'loss_was_refunded'
    from enrolments
    inner join lines
        on enrolments.customer_no = lines.customer_no
    inner join payments
        on lines.line_no = payments.line_no
    where enrolments.months = param('benefits.victim_insurance_months')
        and payments.case_no <= param('count.insurance_for_refunded_loss')
),

numbered as (
    select
        row_number() over (order by enrolment_no, loss_on, loss_krw) as insurance_claim_no,
        claimed.*
    from claimed
)

select
    insurance_claim_no,
    enrolment_no,
    loss_on,
    claimed_on,
    loss_krw,
    claim_fault,
    is_outside,
    -- What lies outside the cover is not paid.
    case
        when claim_fault is not null or not is_outside
            then least(loss_krw * 7 // 10, 3000000)
            + case when claim_fault = 'overpaid' then 50000 else 0 end
    end as paid_krw,
    case
        when claim_fault is not null or not is_outside
            then claimed_on + 5 + cast(floor(draw('insurance.pay', enrolment_no) * 20) as integer)
    end as paid_on
from numbered;

-- Attempts to reach the network's systems, as far as they are reported; some days never came.
create table access_attempts as
with days as (
    select
        param('network.report_from') + cast(range as integer) as attempt_date,
        range / (param('period.last_on') - param('network.report_from')) as progress
    from range(0, 1 + param('period.last_on') - param('network.report_from'))
),

attempts as (
    select
        days.attempt_date,
        days.progress,
        points.point_no,
        domains.business_domain,
        1 + cast(floor(domains.attempts * (
            0.7 + 0.6 * draw(
                'attempts.' || domains.business_domain,
                points.point_no * 100000 + (days.attempt_date - param('network.report_from'))
            )
        )) as bigint) as attempts,
        0.06 * draw(
            'verified.' || domains.business_domain,
            points.point_no * 100000 + (days.attempt_date - param('network.report_from'))
        ) - 0.03 as wobble
    from days
    cross join plan.domains as domains
    inner join access_points as points
        on points.point_no <= param('count.reported_points')
    where days.attempt_date not in (select missing_on from plan.missing_reports)
)

select
    attempt_date,
    point_no,
    business_domain,
    attempts,
    cast(floor(attempts * least(1, wobble + param('network.verified_at_start') + progress * (
        param('network.verified_at_end') - param('network.verified_at_start')
    ))) as bigint) as verified_attempts,
    cast(floor(attempts * least(1, wobble + param('network.monitored_at_start') + progress * (
        param('network.monitored_at_end') - param('network.monitored_at_start')
    ))) as bigint) as monitored_attempts
from attempts;

create table choices as
select
    line_no,
    param('breach.choices_from') + cast(floor(
        draw('choice.day', line_no)
        * (param('breach.choices_to') - param('breach.choices_from') + 1)
    ) as integer) as chosen_on,
    case
        when draw('choice', line_no) < param('breach.waiver_choice_share') then 'waiver'
        else 'discount'
    end as choice
from victims
where draw('choice', line_no) < 1 - param('breach.no_choice_share');

create table loss_payments as
select
    row_number() over (order by confirmed_on, payment_no) as loss_refund_no,
    payment_no,
    amount_krw,
    confirmed_on + 3 + cast(floor(
        draw('loss_refund', line_no) * (param('breach.loss_refund_days') - 2)
    ) as integer) as paid_on
from disputes
where status = 'confirmed';
