select
    incident_id,
    channel,
    count(*) as payments,
    count(distinct line_key) as lines,
    cast(sum(amount_krw) as bigint) as taken_krw,
    cast(sum(coalesce(refunded_krw, 0)) as bigint) as refunded_krw
from {{ ref('fct_unauthorised_payments') }}
where is_confirmed
group by incident_id, channel
order by incident_id, channel
