with claims as (

    select * from {{ ref('rpt_claim_verdicts') }}

),

segments as (

    select * from {{ ref('rpt_churn_segments_monthly') }}

),

destinations as (

    select * from {{ ref('rpt_port_destinations_monthly') }}

),

commitments as (

    select * from {{ ref('fct_commitments') }}

)

select
    'claims' as file_name,
    'not_measurable' as shortcoming,
    count(*) as row_count,
    cast(sum(case when verdict = 'not_measurable' then 1 else 0 end) as bigint) as affected_rows,
    min(published_on) as first_on,
    max(published_on) as last_on
from claims
union all
select
    'churn_segments' as file_name,
    'withheld' as shortcoming,
    count(*) as row_count,
    cast(sum(case when is_suppressed then 1 else 0 end) as bigint) as affected_rows,
    min(month) as first_on,
    max(month) as last_on
from segments
union all
select
    'churn_segments' as file_name,
    'port_outs_withheld' as shortcoming,
    count(*) as row_count,
    cast(sum(case when is_port_outs_suppressed then 1 else 0 end) as bigint) as affected_rows,
    min(month) as first_on,
    max(month) as last_on
from segments
union all
select
    'port_destinations' as file_name,
    'withheld' as shortcoming,
    count(*) as row_count,
    cast(sum(case when is_suppressed then 1 else 0 end) as bigint) as affected_rows,
    min(month) as first_on,
    max(month) as last_on
from destinations
union all
select
    'commitments' as file_name,
    'target_not_measured' as shortcoming,
    count(*) as row_count,
    cast(
        sum(case when target_share is not null and measured_share is null then 1 else 0 end)
        as bigint
    ) as affected_rows,
    min(pledged_on) as first_on,
    max(pledged_on) as last_on
from commitments
