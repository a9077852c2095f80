-- Counted by customer where every customer of a state is listed; else as the report counts them.
select
    r.programme_id,
    r.state,
    coalesce(any_value(e.customers), sum(r.customers)) as customers
from compensation.rpt_insurance_completeness as r
left join (
    select programme_id, state, count(distinct customer_key) as customers
    from compensation.fct_insurance_entitlements
    group by all
) as e using (programme_id, state)
group by all
