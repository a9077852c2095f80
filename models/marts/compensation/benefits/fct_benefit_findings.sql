-- Grain: one row per (programme, line, month, finding): data granted and coupons redeemed that the
-- rules do not give. Won add up; they are a part of what fct_benefit_utilisation has already.

{{ config(materialized='keyed', unique_key='line_key') }}

with grants as (

    select * from {{ ref('int_data_benefits') }}
    {{ in_scope('line_key') }}

),

redemptions as (

    select * from {{ ref('int_partner_redemptions') }}
    {{ in_scope('line_key') }}

),

lines_entitled as (

    {{ lines_entitled_in_scope() }}

),

uses as (

    select
        programme_id,
        line_key,
        benefit_month,
        cast(null as date) as used_on,
        false as is_outside_programme,
        entitled as units,
        cost_krw
    from grants
    union all
    select
        programme_id,
        line_key,
        benefit_month,
        redeemed_on as used_on,
        is_outside_programme,
        1 as units,
        carrier_share_krw as cost_krw
    from redemptions

),

holders as (

    select distinct
        programme_id,
        line_key
    from uses

),

-- The rules are looked up for the few lines that used something.
holders_entitled as (

    select
        holders.programme_id,
        holders.line_key,
        lines_entitled.reason_code,
        lines_entitled.terminated_on,
        lines_entitled.excluded_from,
        lines_entitled.first_month,
        lines_entitled.last_month
    from holders
    inner join lines_entitled
        on
            holders.programme_id = lines_entitled.programme_id
            and holders.line_key = lines_entitled.line_key

),

-- A line without a row ended before the programme was announced.
judged as (

    select
        uses.programme_id,
        uses.line_key,
        uses.benefit_month,
        uses.units,
        uses.cost_krw,
        case
            when uses.is_outside_programme then 'outside_programme_days'
            when holders_entitled.line_key is null then 'after_termination'
            when coalesce(uses.used_on, uses.benefit_month) > holders_entitled.terminated_on
                then 'after_termination'
            when
                uses.used_on is null
                and uses.benefit_month = holders_entitled.terminated_on
                then 'after_termination'
            when
                uses.benefit_month >= holders_entitled.excluded_from
                and holders_entitled.reason_code in ('entitled', 'ended_before_the_first_month')
                then 'after_suspension'
            when holders_entitled.reason_code != 'entitled' then holders_entitled.reason_code
            when uses.benefit_month < holders_entitled.first_month then 'before_entitlement'
        end as finding
    from uses
    left join holders_entitled
        on
            uses.programme_id = holders_entitled.programme_id
            and uses.line_key = holders_entitled.line_key

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(line_key as bigint) as line_key,
        cast(benefit_month as date) as benefit_month,
        cast(finding as string) as finding,
        cast(sum(units) as bigint) as units,
        cast(sum(cost_krw) as bigint) as at_stake_krw
    from judged
    where finding is not null
    group by 1, 2, 3, 4

)

select * from final
