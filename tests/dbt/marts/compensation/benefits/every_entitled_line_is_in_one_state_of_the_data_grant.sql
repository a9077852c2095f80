-- The states of a month hold every line entitled in it, once; what was used and what it cost is
-- what fct_benefit_utilisation has; what was given to lines not entitled is what the findings
-- have.

with data_grants as (

    select * from {{ ref('rpt_data_grant_monthly') }}

),

entitlements as (

    select * from {{ ref('fct_data_entitlements') }}

),

utilisation as (

    select * from {{ ref('fct_benefit_utilisation') }}

),

findings as (

    select * from {{ ref('fct_benefit_findings') }}

),

programme_months as (

    select * from {{ ref('int_programme_months') }}

),

spans as (

    select programme_id, first_month, last_month, count(*) as lines
    from entitlements
    where is_entitled
    group by 1, 2, 3

),

entitled as (

    select
        spans.programme_id,
        programme_months.cost_month as benefit_month,
        sum(spans.lines) as lines
    from spans
    inner join programme_months
        on
            spans.programme_id = programme_months.programme_id
            and spans.first_month <= programme_months.cost_month
            and coalesce(spans.last_month >= programme_months.cost_month, true)
    group by 1, 2

),

used as (

    select programme_id, benefit_month, sum(used) as used_gb, sum(cost_krw) as cost_krw
    from utilisation
    where unit = 'gb'
    group by 1, 2

),

found as (

    select
        findings.programme_id,
        findings.benefit_month,
        count(distinct findings.line_key) as lines,
        sum(findings.at_stake_krw) as cost_krw
    from findings
    group by 1, 2

),

reported as (

    select
        programme_id,
        benefit_month,
        sum(case when state = 'not_entitled' then 0 else lines end) as entitled_lines,
        sum(case when state = 'not_entitled' then lines else 0 end) as other_lines,
        sum(case when state = 'not_entitled' then cost_krw else 0 end) as other_krw,
        sum(used_gb) as used_gb,
        sum(cost_krw) as cost_krw
    from data_grants
    group by 1, 2

),

final as (

    select
        reported.programme_id,
        reported.benefit_month,
        reported.entitled_lines,
        entitled.lines as lines_entitled,
        reported.other_lines,
        found.lines as lines_found
    from reported
    left join entitled
        on
            reported.programme_id = entitled.programme_id
            and reported.benefit_month = entitled.benefit_month
    left join used
        on
            reported.programme_id = used.programme_id
            and reported.benefit_month = used.benefit_month
    left join found
        on
            reported.programme_id = found.programme_id
            and reported.benefit_month = found.benefit_month
    where
        reported.entitled_lines != coalesce(entitled.lines, 0)
        or reported.other_lines != coalesce(found.lines, 0)
        or reported.other_krw != coalesce(found.cost_krw, 0)
        or reported.used_gb != coalesce(used.used_gb, 0)
        or reported.cost_krw != coalesce(used.cost_krw, 0)

)

select * from final
