-- Claims for the waiver, the operator's decisions (some of them wrong, at a stated number), and the
-- payment runs.

create table claims as
with entitled as (
    select
        eligibility.line_no,
        eligibility.path,
        eligibility.reason_code,
        eligibility.terminated_on,
        sum(coalesce(bills.amount_krw, 0)) as fee_krw,
        -- A fee is refunded once it has been paid.
        max(bills.paid_on) as paid_on,
        bool_and(bills.paid_on is not null) as is_paid,
        max(bills.known_on) as known_on
    from eligibility
    left join bills
        on eligibility.line_no = bills.line_no
            and bills.contract_no is not null
    where eligibility.path is not null
    group by
        eligibility.line_no,
        eligibility.path,
        eligibility.reason_code,
        eligibility.terminated_on
),

takers as (
    select
        entitled.*,
        draw('claim', line_no) as urge,
        draw('claim.obstacle', line_no) < param('waiver.obstacle_share') as has_obstacle,
        draw('claim.account', line_no) >= param('waiver.wrong_account_share') as payee_is_owner
    from entitled
),

timed as (
    select
        takers.*,
        case
            when reason_code = 'eligible' and fee_krw > 0 and is_paid then case
                when has_obstacle then 'obstacle'
                when urge < param('waiver.claimed_in_time_share') then 'in_time'
                when urge < param('waiver.claimed_in_time_share')
                    + param('waiver.claimed_later_share') then 'later'
            end
            when reason_code = 'eligible' and fee_krw = 0 and urge < param('waiver.no_fee_claim_share')
                then 'in_time'
            when reason_code <> 'eligible' and fee_krw > 0 and is_paid
                and urge < param('waiver.ineligible_claim_share') then 'in_time'
        end as timing
    from takers
),

obstructed as (
    select
        timed.*,
        case
            when timing = 'obstacle'
                then day_of(param('waiver.claims_close_at')) - 6
                    + cast(floor(draw('claim.obstacle_end', line_no) * 50) as integer)
        end as obstacle_ended_on
    from timed
    where timing is not null
),

dated as (
    select
        obstructed.*,
        case timing
            -- Most come in the first days.
            when 'in_time' then day_of(param('waiver.claims_open_at')) + cast(floor(
                pow(draw('claim.day', line_no), 2) * (
                    day_of(param('waiver.claims_close_at'))
                    - day_of(param('waiver.claims_open_at')) + 1
                )
            ) as integer)
            when 'later' then day_of(param('waiver.claims_close_at')) + 1 + cast(floor(
                pow(draw('claim.day', line_no), 2) * (
                    param('period.last_on') - day_of(param('waiver.claims_close_at'))
                )
            ) as integer)
            -- Some within the days that the terms give after the obstacle, some after them.
            else obstacle_ended_on + 1 + cast(floor(
                draw('claim.day', line_no) * param('waiver.obstacle_days') * 1.5
            ) as integer)
        end as claimed_on
    from obstructed
),

hour as (
    select
        dated.*,
        time_on(
            claimed_on,
            draw('claim.hour', line_no),
            -- On the first and the last day the hours of the terms hold.
            case
                when claimed_on = day_of(param('waiver.claims_open_at')) then
                    cast(extract('epoch' from param('waiver.claims_open_at')) % 86400 as bigint)
                else 25200
            end,
            case
                when claimed_on = day_of(param('waiver.claims_close_at')) then
                    cast(extract('epoch' from param('waiver.claims_close_at')) % 86400 as bigint)
                else 82800
            end
        ) as claimed_at
    from dated
    where claimed_on between greatest(paid_on, known_on) and param('period.last_on')
        or fee_krw = 0 and claimed_on <= param('period.last_on')
),

-- The boundaries of the period, at every scale: the first ones in a drawn order take them.
edged as (
    select
        hour.* exclude (claimed_at, claimed_on),
        coalesce(edges.claimed_at, hour.claimed_at) as claimed_at,
        day_of(coalesce(edges.claimed_at, hour.claimed_at)) as claimed_on,
        edges.claimed_at is not null as is_edge
    from hour
    left join (
        select
            hour.line_no,
            row_number() over (order by draw('claim.edge', hour.line_no), hour.line_no) as place
        from hour
        where timing = 'in_time'
            and reason_code = 'eligible'
            and fee_krw > 0
            and payee_is_owner
            and greatest(paid_on, known_on) < day_of(param('waiver.claims_open_at'))
    ) as first_ones
        on hour.line_no = first_ones.line_no
    left join plan.claim_edges as edges
        on first_ones.place = edges.place
),

judged as (
    select
        edged.*,
        row_number() over (order by claimed_at, line_no) as claim_no,
        claimed_at <= param('waiver.claims_close_at') as is_in_time,
        obstacle_ended_on is not null
        and claimed_on <= obstacle_ended_on + param('waiver.obstacle_days') as is_excused,
        claimed_on + 1 + cast(floor(
            draw('claim.decision', line_no) * param('waiver.decision_days')
        ) as integer) as first_decided_on
    from edged
),

-- Errors are planted among plain claims only, so that each has one reason.
error_candidates as (
    select
        line_no,
        case
            when reason_code = 'eligible' and fee_krw > 0 then 'wrongly_rejected'
            when reason_code <> 'eligible' then 'wrongly_accepted'
        end as error_kind
    from judged
    where is_in_time
        and payee_is_owner
        and not is_edge
        and timing = 'in_time'
),

errors as (
    select
        line_no,
        error_kind
    from (
        select
            error_candidates.*,
            row_number() over (
                partition by error_kind
                order by draw('claim.error', line_no), line_no
            ) as place
        from error_candidates
        where error_kind is not null
    )
    where place <= case error_kind
        when 'wrongly_rejected' then param('count.wrongly_rejected')
        else param('count.wrongly_accepted')
    end
)

select
    judged.claim_no,
    judged.line_no,
    judged.path,
    judged.reason_code,
    judged.terminated_on,
    judged.fee_krw,
    judged.claimed_at,
    judged.claimed_on,
    judged.payee_is_owner,
    judged.obstacle_ended_on,
    judged.is_in_time,
    judged.is_excused,
    judged.first_decided_on,
    errors.error_kind,
    -- Too late under the first terms, in time after the extension: decided a second time.
    not (judged.is_in_time or judged.is_excused)
    and judged.first_decided_on < param('waiver.extended_on') as is_decided_again,
    not judged.payee_is_owner
    and judged.reason_code = 'eligible'
    and draw('claim.cured', judged.line_no) < param('waiver.wrong_account_cured_share') as is_cured,
    judged.first_decided_on + 4
    + cast(floor(draw('claim.cure', judged.line_no) * 10) as integer) as cured_on,
    case
        when judged.is_in_time and judged.payee_is_owner then 'in_time'
        when judged.is_excused and judged.payee_is_owner then 'excused_by_obstacle'
        when not judged.payee_is_owner then 'wrong_account'
        else 'late'
    end as first_state
from judged
left join errors
    on judged.line_no = errors.line_no;

-- One row per decision: the day it was made and what it says.
create table decisions as
with first_ones as (
    select
        claims.*,
        case
            when error_kind = 'wrongly_rejected' then 'rejected'
            when error_kind = 'wrongly_accepted' then 'accepted'
            when reason_code <> 'eligible' then 'rejected'
            when not payee_is_owner then 'rejected'
            when is_decided_again then 'rejected'
            else 'accepted'
        end as decision
    from claims
)

select
    claim_no,
    first_decided_on as decided_on,
    decision,
    payee_is_owner,
    case
        when decision = 'accepted' then null
        when error_kind = 'wrongly_rejected' then 'device_changed'
        when reason_code <> 'eligible' then reason_code
        when not payee_is_owner then 'wrong_account'
        else 'late'
    end as reason
from first_ones
union all
select
    claim_no,
    greatest(
        param('waiver.extended_on') + cast(floor(draw('claim.again', claim_no) * 4) as integer),
        first_decided_on + 1
    ),
    'accepted',
    true,
    null
from first_ones
where is_decided_again
    and payee_is_owner
    and reason_code = 'eligible'
union all
select
    claim_no,
    greatest(cured_on, case when is_decided_again then param('waiver.extended_on') end),
    'accepted',
    true,
    null
from first_ones
where is_cured
    and error_kind is null;

-- Payment runs take accepted claims of their period; a decision after its run waits for the next.
create table refunds as
with accepted as (
    select
        claims.claim_no,
        claims.claimed_on,
        claims.terminated_on,
        claims.fee_krw,
        max(decisions.decided_on) as decided_on
    from decisions
    inner join claims
        on decisions.claim_no = claims.claim_no
    where decisions.decision = 'accepted'
        and claims.fee_krw > 0
    group by
        claims.claim_no,
        claims.claimed_on,
        claims.terminated_on,
        claims.fee_krw
),

planned as (
    select
        accepted.*,
        (
            select min(runs.paid_on)
            from plan.payment_runs as runs
            where accepted.claimed_on between runs.claimed_from and runs.claimed_to
                and accepted.terminated_on between runs.terminated_from and runs.terminated_to
        ) as planned_on
    from accepted
),

run as (
    select
        planned.*,
        case
            when planned_on >= decided_on then planned_on
            else (
                select min(runs.paid_on)
                from plan.payment_runs as runs
                where runs.paid_on >= greatest(
                    planned.decided_on, coalesce(planned.planned_on, planned.decided_on)
                )
            )
        end as paid_on
    from planned
),

numbered as (
    select
        run.*,
        row_number() over (order by paid_on, claim_no) as refund_no,
        -- A stated share of those paid before the last run comes back from the bank; one at least.
        paid_on < (select max(runs.paid_on) from plan.payment_runs as runs)
        and row_number() over (
            partition by paid_on = (select max(runs.paid_on) from plan.payment_runs as runs)
            order by draw('refund.returned', claim_no), claim_no
        ) <= greatest(1, param('waiver.returned_share') * count(*) over ()) as is_returned,
        paid_on + 3 + cast(floor(draw('refund.return_days', claim_no) * 4) as integer) as returned_on
    from run
    where paid_on is not null
)

select
    numbered.refund_no,
    numbered.claim_no,
    numbered.paid_on,
    numbered.fee_krw as amount_krw,
    'paid' as status,
    case when numbered.is_returned then numbered.returned_on end as returned_on
from numbered
union all
-- Paid again in the next run after the money came back.
select
    (select count(*) from numbered) + row_number() over (order by again.refund_no),
    again.claim_no,
    again.again_on,
    again.fee_krw,
    'paid',
    null
from (
    select
        numbered.*,
        (
            select min(runs.paid_on)
            from plan.payment_runs as runs
            where runs.paid_on > numbered.returned_on
        ) as again_on
    from numbered
    where numbered.is_returned
) as again
where again.again_on is not null;
