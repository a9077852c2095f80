-- What is true behind the exports: for tests only, never read by the warehouse.

create schema truth;

-- Who would not have left without the incident, and whom it only moved in time.
create view truth.left_because as
select
    text_id('L', lines.line_no) as line_id,
    coalesce(terminations.cause = 'incident', false) as because_of_incident,
    terminations.cause
from main.lines
left join main.terminations
    on lines.event_id = terminations.event_id
where lines.terminated_on is not null;

-- Port-outs had there been no incident, by day, destination and brand class.
create view truth.counterfactual_ports as
select
    processed_on,
    destination,
    brand_class,
    expected
from plan.counterfactual_ports;

-- Lines that go on under another number, holder or plan.
create view truth.quiet_changes as
select
    text_id('L', line_no) as line_id,
    change_kind,
    changed_on
from main.quiet_changes;

-- Files that did not come on their day, and the batch that brought their rows.
create view truth.missing_feeds as
select
    'port_requests' as entity,
    param('dirt.missing_port_feed_on') as missing_on,
    param('dirt.missing_port_feed_on') + 1 as delivered_on;

create view truth.eligibility as
select
    text_id('L', line_no) as line_id,
    path,
    reason_code = 'eligible' as is_eligible,
    reason_code
from main.eligibility;

create view truth.fees as
select
    text_id('L', line_no) as line_id,
    text_id('K', contract_no) as contract_id,
    correct_krw,
    charged_krw,
    error_kind is not null as is_charged_wrongly,
    error_kind
from main.fees;

create view truth.misdecided_claims as
select
    text_id('W', claims.claim_no) as claim_id,
    text_id('L', claims.line_no) as line_id,
    case claims.error_kind when 'wrongly_rejected' then 'accepted' else 'rejected' end
        as right_decision,
    case claims.error_kind when 'wrongly_rejected' then 'rejected' else 'accepted' end
        as operator_decision,
    claims.reason_code,
    claims.first_decided_on as decided_on
from main.claims
where claims.error_kind is not null;

-- State, debt and payments of every claim on the last day, from the plans of claims, decisions and
-- refunds. Under the extension no claim that the generator makes is late.
create view truth.claims as
with accounts as (
    select
        claim_no,
        bool_or(payee_is_owner) as is_cured
    from main.decisions
    where decided_on <= param('period.last_on')
    group by claim_no
),

payments as (
    select
        claim_no,
        cast(
            sum(amount_krw) filter (
                where coalesce(returned_on > param('period.last_on'), true)
            ) as bigint
        ) as paid_krw,
        cast(
            sum(amount_krw) filter (where returned_on <= param('period.last_on')) as bigint
        ) as returned_krw
    from main.refunds
    where paid_on <= param('period.last_on')
    group by claim_no
),

stated as (
    select
        claims.*,
        claims.payee_is_owner or coalesce(accounts.is_cured, false) as is_to_owner
    from main.claims
    left join accounts
        on claims.claim_no = accounts.claim_no
)

select
    text_id('W', stated.claim_no) as claim_id,
    text_id('L', stated.line_no) as line_id,
    case
        when not stated.is_to_owner then 'wrong_account'
        when stated.is_in_time then 'in_time'
        when stated.is_excused then 'excused_by_obstacle'
        else 'late'
    end as terms_status,
    case when stated.is_to_owner then 'in_time' else 'wrong_account' end as extended_status,
    cast(
        case
            when stated.reason_code = 'eligible' and stated.is_to_owner then stated.fee_krw
            else 0
        end as bigint
    ) as due_krw,
    coalesce(payments.paid_krw, 0) as paid_krw,
    coalesce(payments.returned_krw, 0) as returned_krw,
    stated.error_kind
from stated
left join payments
    on stated.claim_no = payments.claim_no;

create view truth.late_rows as
select
    'lines' as entity,
    text_id('L', lines.line_no) as natural_id,
    late_terminations.day as happened_on,
    late_terminations.known_on as batch_date
from main.late_terminations
inner join main.lines
    on late_terminations.event_id = lines.event_id
union all
select
    'port_requests',
    text_id('P', port_no),
    processed_on,
    known_on
from main.ports
where known_on > processed_on
    and reversed_on is null
union all
select
    'bill_items',
    text_id('B', bills.item_no),
    bills.billed_on,
    bills.known_on
from main.bills
inner join main.late_bills
    on bills.item_no = late_bills.item_no
union all
select
    'micropayments',
    text_id('M', payment_no),
    happened_on,
    known_on
from versions.late_payments
union all
select
    'benefit_redemptions',
    text_id('D', redemption_no),
    happened_on,
    known_on
from versions.late_redemptions;

create view truth.planted_cases as
select
    case_name,
    text_id('L', line_no) as line_id,
    expect as reason_code,
    terminated_at
from main.planted_numbered;

create view truth.returners as
select
    text_id('L', lines.line_no) as line_id,
    lines.donor as came_from,
    lines.terminated_on as returned_on
from main.returners
inner join main.lines
    on returners.event_id = lines.event_id;

create view truth.exposed_lines as
select
    text_id('L', line_no) as line_id,
    confirmed_on,
    is_victim
from main.exposed;

-- Data granted and coupons redeemed that had not been given, by line.
create view truth.benefit_faults as
select
    text_id('L', usage.line_no) as line_id,
    usage.usage_month as benefit_month,
    'data' as kind,
    faulty_holders.fault
from main.usage
inner join main.faulty_holders
    on usage.line_no = faulty_holders.line_no
union all
select
    text_id('L', redemptions.line_no),
    cast(date_trunc('month', redemptions.redeemed_on) as date),
    'partner_discount',
    case
        when lines.terminated_on < redemptions.redeemed_on then 'after_termination'
        else 'suspended'
    end
from main.redemptions
inner join main.lines
    on redemptions.line_no = lines.line_no
where lines.terminated_on < redemptions.redeemed_on
    or lines.suspended_on <= date_trunc('month', redemptions.redeemed_on);

create view truth.enrolments as
select
    text_id('N', enrolment_no) as enrolment_id,
    months,
    fault,
    right_cover_to,
    cover_to
from main.enrolments;

-- Who was to be enrolled without an application, and whose age nobody knows.
create view truth.insurance_population as
select
    text_id('C', customers.customer_no) as customer_id,
    case when customers.birth_date is null then 'unknown' else 'of_age' end as age_state,
    forgotten.customer_no is not null as is_forgotten
from main.customers
left join main.forgotten
    on customers.customer_no = forgotten.customer_no
where customers.customer_type <> 'company'
    and coalesce(
        date_sub('year', customers.birth_date, param('benefits.insurance_reference_on'))
        >= param('benefits.insurance_min_age'),
        true
    )
    and customers.customer_no in (
        select lines.customer_no
        from main.lines
        where lines.line_kind = 'handset'
            and lines.brand_class = 'own'
            and lines.activated_on <= param('benefits.insurance_reference_on')
            and coalesce(lines.terminated_on, param('period.last_on') + 1)
            > param('benefits.insurance_reference_on')
    );

create view truth.insurance_claims as
select
    text_id('Q', insurance_claim_no) as insurance_claim_id,
    not is_outside as is_covered,
    claim_fault
from main.insurance_losses;

-- Rows that the warehouse must not take: broken ones, and those that say nothing new.
create view truth.bad_rows as
select
    'lines' as entity,
    batch_date,
    line_id as natural_id,
    defect as reason_code
from line_rows('deliveries.bad_line_states')
union all
select 'customers', batch_date, customer_id, defect from deliveries.customers
where defect is not null
union all
select 'contracts', batch_date, contract_id, defect from deliveries.contracts
where defect is not null
union all
select 'bill_items', batch_date, item_id, defect from deliveries.bill_items
where defect is not null
union all
select 'port_requests', batch_date, port_id, defect from deliveries.port_requests
where defect is not null
union all
select 'micropayments', batch_date, payment_id, defect from deliveries.micropayments
where defect is not null
union all
select
    'exposed_identifiers',
    batch_date,
    incident_id || '|' || line_id || '|' || element,
    defect
from deliveries.exposed_identifiers
where defect is not null
union all
select 'disputed_payments', batch_date, payment_id || '|' || incident_id, defect
from deliveries.disputed_payments
where defect is not null
union all
select 'waiver_claims', batch_date, claim_id, defect from deliveries.waiver_claims
where defect is not null
union all
select 'refund_payments', batch_date, refund_id, defect from deliveries.refund_payments
where defect is not null
union all
select 'benefit_redemptions', batch_date, redemption_id, defect from deliveries.benefit_redemptions
where defect is not null
union all
select 'insurance_claims', batch_date, insurance_claim_id, defect from deliveries.insurance_claims
where defect is not null;
