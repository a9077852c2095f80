-- The finding from the two amounts.
select
    case
        when charged_krw > recomputed_krw then 'overcharged'
        when charged_krw < recomputed_krw then 'undercharged'
        else 'agrees'
    end as finding,
    contract_kind,
    count(distinct termination_fee_id) as fees,
    sum(charged_krw) as charged_krw,
    sum(recomputed_krw) as recomputed_krw,
    sum(charged_krw) - sum(recomputed_krw) as difference_krw
from compensation.fct_termination_fees
group by 1, 2
