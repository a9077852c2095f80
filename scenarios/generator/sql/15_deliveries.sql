-- What the exports look like: one view per entity with the columns of the raw contract. Defects of
-- planted rows are put in here, column by column. `openings` schema: the big files of the first
-- batch, whose state needs no join.

create schema deliveries;
create schema openings;

create macro no_such(id) as substr(id, 1, 1) || '99' || substr(id, 4);

create table type_codes as
with numbered as (
    select
        cast(range as integer) as type_no,
        35000000 + cast(range as bigint) * 24683 as type_code
    from range(0, 400)
)

select
    type_no,
    type_code,
    -- Of the eight digits of a type code the second, fourth, sixth and eighth count double.
    serial_luhn_sum(type_code // 100) + type_code // 10 % 10 + doubled(type_code % 10) as luhn_sum
from numbered;

-- Lines as of a batch; the first batch reads the lines as they are, later ones join versions.
create macro line_rows(states) as table (
    with known as (
        select
            *,
            device_change_on is not null and device_change_on <= batch_date as has_new_device,
            recontract_on is not null and recontract_on <= batch_date as has_new_contract,
            (terminated_known_on is not null and terminated_known_on <= batch_date)
            or (port_on is not null and port_on <= batch_date and batch_date < reversed_on)
                as is_terminated
        from query_table(states)
    ),

    devices as (
        select
            *,
            -- Half of the type codes for first devices, half for second ones: no number twice.
            (cast(line_no as bigint) * 7368787
                + case when has_new_device then 0 else 101 end) % 200000000
            + case when has_new_device then 200000000 else 0 end as device_no
        from known
    ),

    numbered as (
        select
            devices.*,
            type_codes.type_code,
            cast(device_no % 1000000 as integer) as serial,
            case
                when draw('imei.raw_log', devices.line_no)
                    < param('identifiers.raw_log_check_digit_share') then 0
                else (
                    10 - (type_codes.luhn_sum + serial_luhn_sum(cast(device_no % 1000000 as integer)))
                        % 10
                ) % 10
            end as check_digit
        from devices
        inner join main.type_codes
            on devices.device_no // 1000000 = type_codes.type_no
    )

    select
        text_id('L', line_no) as line_id,
        case
            when defect = 'orphan_customer' then no_such(text_id('C', customer_no))
            when changed_on <= batch_date then text_id('C', coalesce(new_customer_no, customer_no))
            else text_id('C', customer_no)
        end as customer_id,
        case when defect = 'wrong_msisdn' then '09' else '' end
        || param('identifiers.msisdn_prefix')
        || cast(20000000 + (
            cast(
                case when changed_on <= batch_date then coalesce(new_msisdn_no, msisdn_no)
                    else msisdn_no
                end as bigint
            ) * 15485863
        ) % 80000000 as varchar) as msisdn,
        cast(
            case
                when defect = 'wrong_imsi_prefix' then 99999
                else param('imsi_prefixes')[1 + line_no % len(param('imsi_prefixes'))]
            end * 10000000000
            + (cast(line_no as bigint) * 4294967291) % 10000000000 as varchar
        ) as imsi,
        cast(
            type_code * 10000000 + serial * 10
            -- Never a 0, which raw network logs may carry.
            + case when defect = 'wrong_check_digit' then check_digit % 9 + 1 else check_digit end
            as varchar
        ) as imei,
        case when defect = 'unknown_code' then 'tablet' else line_kind end as line_kind,
        network_brand,
        case
            when defect = 'unknown_plan' then 'NO_SUCH_PLAN'
            when changed_on <= batch_date then coalesce(new_plan_code, plan_code)
            else plan_code
        end as plan_code,
        activated_at,
        activation_kind,
        case when defect = 'unknown_carrier' then 'ZZZ' else donor end as donor_carrier,
        case when suspended_on <= batch_date then suspended_on end as suspended_on,
        case when has_new_device then device_change_on else earlier_device_change_on end
            as last_device_change_on,
        case when has_new_contract then recontract_on else earlier_recontract_on end
            as last_recontract_on,
        case
            when defect = 'impossible_date' then activated_at - to_days(1)
            when is_terminated then coalesce(terminated_at, time_on(port_on, 0, 40000, 40001))
        end as terminated_at,
        case
            when defect = 'impossible_date' then 'voluntary'
            when is_terminated then coalesce(termination_kind, 'port_out')
        end as termination_kind,
        batch_date,
        defect
    from numbered
);

create view openings.line_states as
select
    lines.*,
    cast(null as date) as port_on,
    cast(null as date) as reversed_on,
    cast(null as date) as changed_on,
    cast(null as integer) as new_customer_no,
    cast(null as integer) as new_msisdn_no,
    cast(null as code) as new_plan_code,
    param('period.opening_on') as batch_date,
    cast(null as varchar) as defect
from main.lines
where lines.activated_on <= param('period.opening_on');

create view openings.lines as
select * from line_rows('openings.line_states');

create view deliveries.line_states as
select
    lines.*,
    reversals.port_on,
    reversals.reversed_on,
    quiet_changes.changed_on,
    quiet_changes.new_customer_no,
    quiet_changes.new_msisdn_no,
    quiet_changes.new_plan_code,
    versions.batch_date,
    versions.defect
from main.lines
inner join versions.lines as versions
    on lines.line_no = versions.line_no
left join main.reversals
    on lines.line_no = reversals.line_no
left join main.quiet_changes
    on lines.line_no = quiet_changes.line_no
where versions.batch_date <= param('period.last_on');

create view deliveries.lines as
select * from line_rows('deliveries.line_states');

create view deliveries.bad_line_states as
select * from deliveries.line_states
where defect is not null;

create macro customer_rows(states) as table (
    select
        text_id('C', customer_no) as customer_id,
        case when defect = 'impossible_date' then date '1871-03-04' else birth_date end
            as birth_date,
        case when defect = 'unknown_code' then 'alien' else customer_type end as customer_type,
        case when corrected_on <= batch_date then corrected_region_code else region_code end
            as region_code,
        batch_date,
        defect
    from query_table(states)
);

create view openings.customer_states as
select
    *,
    param('period.opening_on') as batch_date,
    cast(null as varchar) as defect
from main.customers
where since_on <= param('period.opening_on');

create view openings.customers as
select * from customer_rows('openings.customer_states');

create view deliveries.customer_states as
select
    customers.*,
    versions.batch_date,
    versions.defect
from main.customers
inner join versions.customers as versions
    on customers.customer_no = versions.customer_no;

create view deliveries.customers as
select * from customer_rows('deliveries.customer_states');

create macro contract_rows(states) as table (
    select
        text_id('K', contract_no) as contract_id,
        case
            when defect = 'orphan_line' then no_such(text_id('L', line_no))
            else text_id('L', line_no)
        end as line_id,
        case when defect = 'unknown_code' then 'lifelong' else contract_kind end as contract_kind,
        signed_on,
        term_months,
        term_days,
        case when defect = 'negative_amount' then -1000 else monthly_discount_krw end
            as monthly_discount_krw,
        subsidy_krw,
        case
            when defect = 'impossible_date' then signed_on - 30
            when replaced_on <= batch_date then replaced_on
            when replaced_on is null and terminated_known_on <= batch_date then terminated_on
            when port_on <= batch_date and batch_date < reversed_on and replaced_on is null
                then port_on
        end as ended_on,
        batch_date,
        defect
    from query_table(states)
);

create view openings.contract_states as
select
    *,
    cast(null as date) as port_on,
    cast(null as date) as reversed_on,
    param('period.opening_on') as batch_date,
    cast(null as varchar) as defect
from main.contracts
where signed_on <= param('period.opening_on');

create view openings.contracts as
select * from contract_rows('openings.contract_states');

create view deliveries.contract_states as
select
    contracts.*,
    reversals.port_on,
    reversals.reversed_on,
    versions.batch_date,
    versions.defect
from main.contracts
inner join versions.contracts as versions
    on contracts.contract_no = versions.contract_no
left join main.reversals
    on contracts.line_no = reversals.line_no
where versions.batch_date <= param('period.last_on');

create view deliveries.contracts as
select * from contract_rows('deliveries.contract_states');

create view deliveries.bill_items as
select
    case when versions.defect = 'missing_key' then null else text_id('B', bills.item_no) end
        as item_id,
    text_id('L', bills.line_no) as line_id,
    case
        when versions.defect = 'orphan_parent' then no_such(text_id('K', bills.line_no * 2))
        when bills.contract_no is not null then text_id('K', bills.contract_no)
    end as contract_id,
    bills.billed_on,
    case when versions.defect = 'unknown_code' then 'surprise_fee' else bills.item_kind end
        as item_kind,
    case when versions.defect = 'negative_amount' then -1 else 1 end * bills.amount_krw
        as amount_krw,
    case when bills.paid_on <= versions.batch_date then bills.paid_on end as paid_on,
    versions.batch_date,
    versions.defect
from main.bills
inner join versions.bill_items as versions
    on bills.item_no = versions.item_no
where versions.batch_date <= param('period.last_on');

create view deliveries.port_requests as
select
    case when versions.defect = 'missing_key' then null else text_id('P', ports.port_no) end
        as port_id,
    case
        when versions.defect = 'orphan_line' then no_such(text_id('L', ports.line_no))
        else text_id('L', ports.line_no)
    end as line_id,
    param('identifiers.msisdn_prefix')
    || cast(20000000 + (cast(ports.msisdn_no as bigint) * 15485863) % 80000000 as varchar)
        as msisdn,
    ports.donor as donor_carrier,
    case when versions.defect = 'unknown_carrier' then 'ZZZ' else ports.recipient end
        as recipient_carrier,
    ports.requested_at,
    case when versions.status in ('completed', 'reversed') then ports.processed_on end
        as processed_on,
    case when versions.defect = 'unknown_code' then 'done' else versions.status end as status,
    versions.batch_date,
    versions.defect
from main.ports
inner join versions.port_requests as versions
    on ports.port_no = versions.port_no;

-- Money and times are text here: broken rows carry what no number or time can be.
create view deliveries.micropayments as
select
    text_id('M', payments.payment_no) as payment_id,
    text_id('L', payments.line_no) as line_id,
    case versions.defect
        when 'invalid_timestamp'
            then strftime(payments.paid_at, '%Y-%m-%d') || ' 25:61:00'
        when 'impossible_date'
            then strftime(versions.batch_date + 3, '%Y-%m-%d') || ' 12:00:00'
        else strftime(payments.paid_at, '%Y-%m-%d %H:%M:%S')
    end as paid_at,
    case versions.defect
        when 'negative_amount' then cast(-payments.amount_krw as varchar)
        when 'invalid_amount' then cast(payments.amount_krw as varchar) || ' won'
        else cast(payments.amount_krw as varchar)
    end as amount_krw,
    payments.channel,
    case
        when payments.case_no is not null then 'GIFT'
        else 'SHOP'
    end || lpad(cast(
        1 + cast(floor(draw('payment.merchant', payments.payment_no) * 40) as integer) as varchar
    ), 3, '0') as merchant_code,
    case when payments.point_no is not null then text_id('A', payments.point_no) end
        as access_point_id,
    versions.batch_date,
    versions.defect
from main.payments
inner join versions.micropayments as versions
    on payments.payment_no = versions.payment_no
where versions.batch_date <= param('period.last_on');

create view deliveries.incidents as
select
    incident_id,
    carrier,
    kind,
    started_on,
    case when versions.is_complete then ended_on end as ended_on,
    detected_on,
    reported_on,
    batch_of(case when versions.is_complete then completed_on else first_on end) as batch_date,
    cast(null as varchar) as defect
from plan.incidents
cross join (values (false), (true)) as versions (is_complete)
where not versions.is_complete
    or batch_of(completed_on) > batch_of(first_on);

create view deliveries.incident_events as
select
    event_id,
    incident_id,
    occurred_on,
    event_kind,
    body,
    nullif(cause_code, '') as cause_code,
    note,
    batch_of(occurred_on) as batch_date,
    cast(null as varchar) as defect
from plan.incident_events;

create view deliveries.exposed_identifiers as
select
    param('scenario.incident_id') as incident_id,
    case
        when defect = 'orphan_line' then no_such(text_id('L', line_no))
        else text_id('L', line_no)
    end as line_id,
    element,
    text_id('A', point_no) as access_point_id,
    first_seen_on,
    confirmed_on,
    batch_date,
    defect
from versions.exposed_identifiers;

create view deliveries.disputed_payments as
select
    case
        when defect = 'orphan_parent' then no_such(text_id('M', payment_no))
        else text_id('M', payment_no)
    end as payment_id,
    param('scenario.incident_id') as incident_id,
    confirmed_on,
    status,
    batch_date,
    defect
from versions.disputed_payments;

create view deliveries.access_points as
select
    text_id('A', point_no) as access_point_id,
    kind,
    is_registered,
    certificate_status,
    region_code,
    batch_of(known_on) as batch_date,
    cast(null as varchar) as defect
from main.access_points;

create view deliveries.access_attempts_daily as
select
    attempt_date,
    text_id('A', point_no) as access_point_id,
    business_domain,
    attempts,
    verified_attempts,
    monitored_attempts,
    attempt_date as batch_date,
    cast(null as varchar) as defect
from main.access_attempts;

create view deliveries.waiver_claims as
select
    text_id('W', claims.claim_no) as claim_id,
    case
        when versions.defect = 'orphan_line' then no_such(text_id('L', claims.line_no))
        else text_id('L', claims.line_no)
    end as line_id,
    case
        when versions.defect = 'invalid_timestamp'
            then strftime(claims.claimed_at, '%Y-%m-%d') || ' 24:30:00'
        else strftime(claims.claimed_at, '%Y-%m-%d %H:%M:%S')
    end as claimed_at,
    versions.payee_is_owner,
    claims.obstacle_ended_on,
    versions.decision as operator_decision,
    versions.reason as operator_reason,
    versions.batch_date,
    versions.defect
from main.claims
inner join versions.waiver_claims as versions
    on claims.claim_no = versions.claim_no;

-- A second payment is a refund of its own for a claim that was paid, on the day it is delivered; one
-- above the charge pays the whole bill on top.
create view deliveries.refund_payments as
select
    text_id('R', case
        when versions.defect = 'second_payment' then numbers.refunds + refunds.refund_no
        else refunds.refund_no
    end) as refund_id,
    case
        when versions.defect = 'orphan_parent' then no_such(text_id('W', refunds.claim_no))
        else text_id('W', refunds.claim_no)
    end as claim_id,
    case when versions.defect = 'second_payment' then versions.batch_date else refunds.paid_on end
        as paid_on,
    case when versions.defect = 'negative_amount' then -1 else 1 end * cast(
        refunds.amount_krw as bigint
    )
    + case when versions.defect = 'above_charge' then charged.amount_krw else 0 end as amount_krw,
    versions.status,
    versions.batch_date,
    versions.defect
from main.refunds
inner join versions.refund_payments as versions
    on refunds.refund_no = versions.refund_no
inner join (
    select
        claims.claim_no,
        cast(sum(bills.amount_krw) as bigint) as amount_krw
    from main.claims
    inner join main.bills
        on claims.line_no = bills.line_no
    group by claims.claim_no
) as charged
    on refunds.claim_no = charged.claim_no
cross join (select count(*) as refunds from main.refunds) as numbers;

create view deliveries.loss_refunds as
select
    text_id('F', loss_refund_no) as refund_id,
    text_id('M', payment_no) as payment_id,
    paid_on,
    amount_krw,
    paid_on as batch_date,
    cast(null as varchar) as defect
from main.loss_payments
where paid_on <= param('period.last_on');

create view deliveries.benefit_choices as
select
    text_id('L', line_no) as line_id,
    param('scenario.incident_id') as incident_id,
    chosen_on,
    choice,
    chosen_on as batch_date,
    cast(null as varchar) as defect
from main.choices;

create view deliveries.data_usage_monthly as
select
    text_id('L', line_no) as line_id,
    usage_month,
    granted_gb,
    used_gb,
    last_day(usage_month) as batch_date,
    cast(null as varchar) as defect
from main.usage;

create view deliveries.benefit_redemptions as
select
    text_id('D', redemptions.redemption_no) as redemption_id,
    case
        when versions.defect = 'orphan_line' then no_such(text_id('L', redemptions.line_no))
        else text_id('L', redemptions.line_no)
    end as line_id,
    case when versions.defect = 'unknown_code' then 'casino' else redemptions.category end
        as partner_category,
    redemptions.redeemed_on,
    redemptions.face_value_krw,
    redemptions.carrier_share_krw,
    versions.batch_date,
    versions.defect
from main.redemptions
inner join versions.benefit_redemptions as versions
    on redemptions.redemption_no = versions.redemption_no;

create view deliveries.insurance_enrolments as
select
    text_id('N', enrolment_no) as enrolment_id,
    text_id('C', customer_no) as customer_id,
    enrolled_on,
    route,
    enrolled_on as cover_from,
    cover_to,
    enrolled_on as batch_date,
    cast(null as varchar) as defect
from main.enrolments;

create view deliveries.insurance_claims as
select
    text_id('Q', losses.insurance_claim_no) as insurance_claim_id,
    case
        when versions.defect = 'orphan_parent' then no_such(text_id('N', losses.enrolment_no))
        else text_id('N', losses.enrolment_no)
    end as enrolment_id,
    case
        when versions.defect = 'invalid_date' then strftime(losses.loss_on, '%Y') || '-02-30'
        else strftime(losses.loss_on, '%Y-%m-%d')
    end as loss_on,
    losses.claimed_on,
    case when versions.defect = 'negative_amount' then -1 else 1 end * losses.loss_krw as loss_krw,
    case when losses.paid_on <= versions.batch_date then losses.paid_krw end as paid_krw,
    case when losses.paid_on <= versions.batch_date then losses.paid_on end as paid_on,
    versions.batch_date,
    versions.defect
from main.insurance_losses as losses
inner join versions.insurance_claims as versions
    on losses.insurance_claim_no = versions.insurance_claim_no;
