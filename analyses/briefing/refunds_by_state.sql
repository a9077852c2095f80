with refund_positions as (

    select * from {{ ref('fct_refund_positions') }}

),

waiver_decisions as (

    select * from {{ ref('fct_waiver_decisions') }}

),

-- What the books say of money that became payable, losses of victims included.
booked as (

    select 1 as place, 'paid' as refund_state, line_key, paid_krw as amount_krw
    from refund_positions
    union all
    select 2 as place, 'outstanding' as refund_state, line_key, outstanding_krw as amount_krw
    from refund_positions
    union all
    select 3 as place, 'reversed' as refund_state, line_key, reversed_krw as amount_krw
    from refund_positions
    union all
    select 4 as place, 'expired' as refund_state, line_key, expired_krw as amount_krw
    from refund_positions

),

-- Entitled under a policy in force, with a fee to give back, and not payable as of today.
waiting as (

    select
        case when claim_status = 'not_claimed' then 5 else 6 end as place,
        claim_status as refund_state,
        line_key,
        covered_krw as amount_krw
    from waiver_decisions
    where is_current and is_eligible and not is_payable

),

positions as (

    select * from booked
    union all
    select * from waiting

)

select
    refund_state,
    count(distinct line_key) as refund_lines,
    cast(sum(amount_krw) as bigint) as amount_krw
from positions
where amount_krw > 0
group by place, refund_state
order by place, refund_state
