-- What is delivered when: one row per identifier and batch in which something about it changed,
-- good ones first. A defect marks a row that is planted: `duplicate` is delivered as it was, any
-- other is broken by the projection in 15_deliveries.sql.

create schema versions;

-- Planted rows stand on rows of the entity; where those are fewer, some get two. Number within the entity, reason and batch.
create table versions.bad_rows as
with expanded as (
    select
        entity,
        reason_code,
        position,
        unnest(range(n)) as sequence
    from plan.bad_rows
),

numbered as (
    select
        entity,
        reason_code,
        row_number() over (partition by entity order by position, sequence) as bad_no
    from expanded
)

select
    numbered.*,
    param('period.daily_from') + 10 + cast(floor(
        draw('bad.' || entity, bad_no) * (param('period.last_on') - param('period.daily_from') - 10)
    ) as integer) as batch_date
from numbered;

create table versions.duplicates as
select
    entity,
    n
from plan.duplicates;

create macro bad_total(name) as (
    select count(*) from versions.bad_rows where entity = name
);

create macro duplicate_total(name) as (
    select coalesce(sum(n), 0) from versions.duplicates where entity = name
);

-- A few days later, never after the last batch.
create macro delivered_again_on(purpose, id, batch_date) as least(
    batch_date + 1 + cast(floor(draw(purpose, id) * 9) as integer),
    param('period.last_on')
);

create table versions.lines as
with good as (
    select line_no, batch_of(activated_on) as batch_date from lines
    where activated_on > param('period.opening_on')
    union
    select line_no, batch_of(device_change_on) from lines
    where device_change_on > param('period.opening_on')
    union
    select line_no, batch_of(recontract_on) from lines
    where recontract_on > param('period.opening_on')
    union
    select line_no, batch_of(suspended_on) from lines
    where suspended_on > param('period.opening_on')
    union
    select line_no, batch_of(terminated_known_on) from lines
    where terminated_known_on is not null
    union
    select line_no, batch_of(port_on) from reversals
    union
    select line_no, batch_of(reversed_on) from reversals
    union
    select line_no, changed_on from quiet_changes
),

again as (
    select
        line_no,
        delivered_again_on('duplicate.line', line_no, terminated_known_on) as batch_date
    from lines
    where terminated_known_on between param('period.daily_from') and param('period.last_on') - 1
        and draw('duplicate.line_pool', line_no)
        < (5.0 * duplicate_total('lines') + 40) / param('numbers.terminated')
    order by draw('duplicate.line_pick', line_no), line_no
    limit duplicate_total('lines')
),

-- Lines to which nothing else happens, so that no good version comes with a bad one.
picked as (
    select
        lines.line_no,
        row_number() over (order by draw('bad.line', lines.line_no), lines.line_no) as bad_no
    from lines
    left join reversals
        on lines.line_no = reversals.line_no
    where lines.activated_on <= param('period.opening_on')
        and lines.terminated_on is null
        and coalesce(lines.device_change_on, lines.recontract_on, lines.suspended_on) is null
        and reversals.line_no is null
        and lines.line_no not in (select quiet_changes.line_no from quiet_changes)
        and draw('bad.line_pool', lines.line_no)
        < (4.0 * bad_total('lines') + 60) / param('numbers.opening')
),

bad as (
    select
        picked.line_no,
        bad_rows.batch_date,
        bad_rows.reason_code
    from picked
    inner join versions.bad_rows
        on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
            and bad_rows.entity = 'lines'
)

select line_no, batch_date, cast(null as varchar) as defect from good
union all
select line_no, batch_date, 'duplicate' from again
union all
select line_no, batch_date, reason_code from bad;

create table versions.customers as
with again as (
    select
        customer_no,
        delivered_again_on('duplicate.customer', customer_no, since_on) as batch_date
    from customers
    where since_on between param('period.daily_from') and param('period.last_on') - 1
        and corrected_on is null
    order by draw('duplicate.customer_pick', customer_no), customer_no
    limit duplicate_total('customers')
),

picked as (
    select
        customer_no,
        row_number() over (order by draw('bad.customer', customer_no), customer_no) as bad_no
    from customers
    where since_on <= param('period.opening_on')
        and customer_type <> 'company'
        and corrected_on is null
        and draw('bad.customer_pool', customer_no)
        < (4.0 * bad_total('customers') + 60) / param('numbers.persons')
),

bad as (
    select
        picked.customer_no,
        bad_rows.batch_date,
        bad_rows.reason_code
    from picked
    inner join versions.bad_rows
        on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
            and bad_rows.entity = 'customers'
)

select
    customer_no,
    batch_of(since_on) as batch_date,
    cast(null as varchar) as defect
from customers
where since_on > param('period.opening_on')
union all
select customer_no, corrected_on, null from customers
where corrected_on <= param('period.last_on')
union all
select customer_no, batch_date, 'duplicate' from again
union all
select customer_no, batch_date, reason_code from bad;

create table versions.contracts as
with good as (
    select contract_no, batch_of(signed_on) as batch_date from contracts
    where signed_on > param('period.opening_on')
    union
    select contract_no, batch_of(coalesce(replaced_on, terminated_known_on)) from contracts
    where coalesce(replaced_on, terminated_known_on) is not null
    union
    select contracts.contract_no, batch_of(reversals.port_on) from contracts
    inner join reversals on contracts.line_no = reversals.line_no
    union
    select contracts.contract_no, batch_of(reversals.reversed_on) from contracts
    inner join reversals on contracts.line_no = reversals.line_no
),

again as (
    select
        contract_no,
        delivered_again_on('duplicate.contract', contract_no, terminated_known_on) as batch_date
    from contracts
    where terminated_known_on between param('period.daily_from') and param('period.last_on') - 1
        and replaced_on is null
    order by draw('duplicate.contract_pick', contract_no), contract_no
    limit duplicate_total('contracts')
),

picked as (
    select
        contract_no,
        row_number() over (order by draw('bad.contract', contract_no), contract_no) as bad_no
    from contracts
    where signed_on <= param('period.opening_on')
        and terminated_on is null
        and replaced_on is null
        and line_no not in (select reversals.line_no from reversals)
        and draw('bad.contract_pool', contract_no)
        < (4.0 * bad_total('contracts') + 60) / param('numbers.opening')
)

select contract_no, batch_date, cast(null as varchar) as defect from good
union all
select contract_no, batch_date, 'duplicate' from again
union all
select
    picked.contract_no,
    bad_rows.batch_date,
    bad_rows.reason_code
from picked
inner join versions.bad_rows
    on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
        and bad_rows.entity = 'contracts';

-- Ports: numbered over all kinds by the time of the request.
create table ports as
with unioned as (
    select
        line_no,
        msisdn_no,
        donor,
        recipient,
        requested_at,
        processed_on,
        'completed' as status,
        known_on,
        cast(null as date) as reversed_on,
        donor <> recipient and recipient not in (
            select brand_code from plan.brands_on_network
        ) as is_out
    from port_moves
    union all
    select
        line_no,
        msisdn_no,
        donor,
        case when destination = param('mvno_group') then brand else destination end,
        time_on(requested_on, draw('port.failure_hour', line_no), 32400, 72000),
        null,
        status,
        -- The request itself is delivered on its day; where nothing follows, nothing is known.
        case when status = 'requested' then param('period.last_on') + 1 else requested_on + 1 end,
        null,
        true
    from port_failures
    union all
    select
        line_no,
        msisdn_no,
        donor,
        case when destination = param('mvno_group') then brand else destination end,
        time_on(port_on, draw('reversal.hour', line_no), 32400, 36000),
        port_on,
        'reversed',
        port_on,
        reversed_on,
        true
    from reversals
)

select
    unioned.*,
    row_number() over (order by requested_at, line_no, status) as port_no
from unioned;

-- On one day no file of ports came: the next batch brings its rows.
create macro port_batch(batch_date) as (
    case
        when batch_date = param('dirt.missing_port_feed_on') then batch_date + 1
        else batch_date
    end
);

create table versions.port_requests as
with good as (
    -- The operator sees a request before it is processed only where it is the donor.
    select
        port_no,
        batch_of(day_of(requested_at)) as batch_date,
        'requested' as status
    from ports
    where is_out
        and batch_of(day_of(requested_at)) < batch_of(known_on)
    union all
    select
        port_no,
        batch_of(known_on),
        case when status = 'reversed' then 'completed' else status end
    from ports
    union all
    select
        port_no,
        batch_of(reversed_on),
        status
    from ports
    where reversed_on is not null
),

again as (
    select
        port_no,
        delivered_again_on('duplicate.port', port_no, known_on) as batch_date,
        status
    from ports
    where known_on between param('period.daily_from') and param('period.last_on') - 1
        and status = 'completed'
    order by draw('duplicate.port_pick', port_no), port_no
    limit duplicate_total('port_requests')
),

picked as (
    select
        port_no,
        row_number() over (order by draw('bad.port', port_no), port_no) as bad_no
    from ports
    where known_on < param('period.daily_from')
        and status = 'completed'
)

-- Of two states that come together the later one is delivered.
select
    port_no,
    port_batch(batch_date) as batch_date,
    max_by(status, batch_date) as status,
    cast(null as varchar) as defect
from good
where batch_date <= param('period.last_on')
group by 1, 2
union all
select port_no, port_batch(batch_date), status, 'duplicate' from again
union all
select
    picked.port_no,
    port_batch(bad_rows.batch_date),
    'completed',
    bad_rows.reason_code
from picked
inner join versions.bad_rows
    on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
        and bad_rows.entity = 'port_requests';

create table versions.bill_items as
with good as (
    select
        item_no,
        batch_of(known_on) as batch_date
    from bills
    union
    select
        item_no,
        batch_of(paid_on)
    from bills
    where paid_on > known_on
),

again as (
    select
        item_no,
        delivered_again_on('duplicate.bill', item_no, known_on) as batch_date
    from bills
    where known_on between param('period.daily_from') and param('period.last_on') - 1
        and coalesce(paid_on, known_on) <= known_on
    order by draw('duplicate.bill_pick', item_no), item_no
    limit duplicate_total('bill_items')
),

picked as (
    select
        item_no,
        row_number() over (order by draw('bad.bill', item_no), item_no) as bad_no
    from bills
    where greatest(known_on, paid_on) < param('period.daily_from')
)

select item_no, batch_date, cast(null as varchar) as defect from good
union all
select item_no, batch_date, 'duplicate' from again
union all
select
    picked.item_no,
    bad_rows.batch_date,
    bad_rows.reason_code
from picked
inner join versions.bad_rows
    on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
        and bad_rows.entity = 'bill_items';

create table versions.late_payments as
select
    payment_no,
    day_of(paid_at) as happened_on,
    day_of(paid_at) + param('dirt.late_from') + cast(floor(
        draw('late.payment', payment_no) * (param('dirt.late_to') - param('dirt.late_from') + 1)
    ) as integer) as known_on
from payments
where place > param('count.dismissed')
    and day_of(paid_at) >= param('period.daily_from')
order by draw('late.payment_pick', payment_no), payment_no
limit param('count.late_rows.micropayments');

create table versions.micropayments as
with picked as (
    select
        payment_no,
        row_number() over (order by draw('bad.payment', payment_no), payment_no) as bad_no
    from payments
    where case_no is null
        and day_of(paid_at) < param('period.daily_from')
)

select
    payments.payment_no,
    batch_of(coalesce(late.known_on, day_of(payments.paid_at))) as batch_date,
    cast(null as varchar) as defect
from payments
left join versions.late_payments as late
    on payments.payment_no = late.payment_no
union all
select
    picked.payment_no,
    bad_rows.batch_date,
    bad_rows.reason_code
from picked
inner join versions.bad_rows
    on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
        and bad_rows.entity = 'micropayments';

create table versions.waiver_claims as
with good as (
    select
        claim_no,
        claimed_on as batch_date,
        payee_is_owner,
        'pending' as decision,
        cast(null as varchar) as reason
    from claims
    union all
    select
        claim_no,
        decided_on,
        payee_is_owner,
        decision,
        reason
    from decisions
    where decided_on <= param('period.last_on')
),

final as (
    select
        claim_no,
        max(decided_on) as decided_on,
        max_by(payee_is_owner, decided_on) as payee_is_owner,
        max_by(decision, decided_on) as decision,
        -- The reason of the last decision, which an acceptance does not have.
        case
            when max_by(decision, decided_on) = 'rejected' then max_by(reason, decided_on)
        end as reason
    from decisions
    group by claim_no
    having max(decided_on) < param('period.last_on')
),

again as (
    select
        claim_no,
        delivered_again_on('duplicate.claim', claim_no, decided_on) as batch_date,
        payee_is_owner,
        decision,
        reason
    from final
    order by draw('duplicate.claim_pick', claim_no), claim_no
    limit duplicate_total('waiver_claims')
),

-- Claims decided some time ago.
picked as (
    select
        final.claim_no,
        final.payee_is_owner,
        row_number() over (order by draw('bad.claim', final.claim_no), final.claim_no) as bad_no
    from final
    left join again
        on final.claim_no = again.claim_no
    where final.decided_on < param('period.last_on') - 3
        and again.claim_no is null
)

select *, cast(null as varchar) as defect from good
union all
select *, 'duplicate' from again
union all
select
    picked.claim_no,
    param('period.last_on') - cast(bad_rows.bad_no % 3 as integer),
    picked.payee_is_owner,
    'pending',
    null,
    bad_rows.reason_code
from picked
inner join versions.bad_rows
    on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
        and bad_rows.entity = 'waiver_claims';

create table versions.late_redemptions as
select
    redemption_no,
    redeemed_on as happened_on,
    redeemed_on + param('dirt.late_from') + cast(floor(
        draw('late.redemption', redemption_no)
        * (param('dirt.late_to') - param('dirt.late_from') + 1)
    ) as integer) as known_on
from redemptions
where redeemed_on + param('dirt.late_to') < param('period.last_on')
order by draw('late.redemption_pick', redemption_no), redemption_no
limit param('count.late_rows.benefit_redemptions');

create table versions.benefit_redemptions as
with good as (
    select
        redemptions.redemption_no,
        coalesce(late.known_on, redemptions.redeemed_on) as batch_date
    from redemptions
    left join versions.late_redemptions as late
        on redemptions.redemption_no = late.redemption_no
),

again as (
    select
        redemption_no,
        delivered_again_on('duplicate.redemption', redemption_no, batch_date) as batch_date
    from good
    where batch_date < param('period.last_on')
    order by draw('duplicate.redemption_pick', redemption_no), redemption_no
    limit duplicate_total('benefit_redemptions')
),

picked as (
    select
        good.redemption_no,
        row_number() over (
            order by draw('bad.redemption', good.redemption_no), good.redemption_no
        ) as bad_no
    from good
    left join again
        on good.redemption_no = again.redemption_no
    where good.batch_date < param('period.last_on') - 10
        and again.redemption_no is null
)

select redemption_no, batch_date, cast(null as varchar) as defect from good
union all
select redemption_no, batch_date, 'duplicate' from again
union all
select
    picked.redemption_no,
    param('period.last_on') - cast(bad_rows.bad_no % 7 as integer),
    bad_rows.reason_code
from picked
inner join versions.bad_rows
    on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
        and bad_rows.entity = 'benefit_redemptions';

create table versions.refund_payments as
with picked as (
    select
        refund_no,
        paid_on,
        row_number() over (order by draw('bad.refund', refund_no), refund_no) as bad_no
    from refunds
    where paid_on < param('period.last_on')
        and returned_on is null
)

select refund_no, paid_on as batch_date, 'paid' as status, cast(null as varchar) as defect
from refunds
where paid_on <= param('period.last_on')
union all
select refund_no, returned_on, 'returned', null from refunds
where returned_on <= param('period.last_on')
union all
select
    picked.refund_no,
    -- In the file of the next run of payments, where there is one: other days have hardly any rows.
    coalesce(
        (select min(runs.paid_on) from plan.payment_runs as runs where runs.paid_on > picked.paid_on),
        least(picked.paid_on + 1 + cast(bad_rows.bad_no % 5 as integer), param('period.last_on'))
    ),
    'paid',
    bad_rows.reason_code
from picked
inner join versions.bad_rows
    on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
        and bad_rows.entity = 'refund_payments';

create table versions.insurance_claims as
with picked as (
    select
        insurance_claim_no,
        claimed_on,
        row_number() over (
            order by draw('bad.insurance', insurance_claim_no), insurance_claim_no
        ) as bad_no
    from insurance_losses
    where claimed_on < param('period.last_on') - 3
)

select insurance_claim_no, claimed_on as batch_date, cast(null as varchar) as defect
from insurance_losses
union all
select insurance_claim_no, paid_on, null from insurance_losses
where paid_on <= param('period.last_on')
union all
select
    picked.insurance_claim_no,
    -- Before it is paid.
    picked.claimed_on + 1 + cast(bad_rows.bad_no % 3 as integer),
    bad_rows.reason_code
from picked
inner join versions.bad_rows
    on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
        and bad_rows.entity = 'insurance_claims';

create table versions.exposed_identifiers as
with good as (
    select
        exposed.line_no,
        exposed.first_seen_on,
        exposed.confirmed_on,
        exposed.point_no,
        elements.element,
        row_number() over (order by draw('bad.exposed', exposed.line_no), exposed.line_no, elements.element)
            as bad_no
    from exposed
    cross join plan.elements as elements
)

select
    good.* exclude (bad_no),
    confirmed_on as batch_date,
    cast(null as varchar) as defect
from good
union all
select
    good.* exclude (bad_no),
    greatest(bad_rows.batch_date, good.confirmed_on),
    bad_rows.reason_code
from good
inner join versions.bad_rows
    on good.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from good)
        and bad_rows.entity = 'exposed_identifiers';

create table versions.disputed_payments as
with picked as (
    select
        disputes.*,
        row_number() over (order by draw('bad.dispute', payment_no), payment_no) as bad_no
    from disputes
)

select
    payment_no,
    confirmed_on,
    status,
    confirmed_on as batch_date,
    cast(null as varchar) as defect
from disputes
where confirmed_on <= param('period.last_on')
union all
select
    picked.payment_no,
    picked.confirmed_on,
    picked.status,
    greatest(bad_rows.batch_date, picked.confirmed_on),
    bad_rows.reason_code
from picked
inner join versions.bad_rows
    on picked.bad_no = 1 + (bad_rows.bad_no - 1) % (select count(*) from picked)
        and bad_rows.entity = 'disputed_payments';
