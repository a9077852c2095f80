-- Grain: one row per enrolment in an insurance. Premiums add up over enrolments; accrued up to the
-- as-of date.

with covers as (

    select * from {{ ref('int_insurance_covers') }}

),

accruals as (

    select * from {{ ref('int_insurance_accruals') }}

),

accrued_by_start as (

    select
        programme_id,
        cover_from,
        max(accrued_krw) as accrued_krw
    from accruals
    group by 1, 2

),

final as (

    select
        cast(covers.enrolment_id as string) as enrolment_id,
        cast(covers.programme_id as string) as programme_id,
        cast(covers.customer_key as bigint) as customer_key,
        cast(covers.route as string) as route,
        cast(covers.enrolled_on as date) as enrolled_on,
        cast(covers.cover_from as date) as cover_from,
        cast(covers.months as bigint) as months,
        cast(covers.expected_cover_to as date) as expected_cover_to,
        cast(covers.cover_to as date) as delivered_cover_to,
        cast(
            {{ dbt.datediff('covers.expected_cover_to', 'covers.cover_to', 'day') }} as bigint
        ) as days_off,
        cast(
            case
                when covers.cover_from is null then 'no_first_day'
                when covers.is_doubled then 'enrolled_twice'
                when covers.cover_to is null then 'no_last_day'
                when covers.cover_to < covers.expected_cover_to then 'ends_too_early'
                when covers.cover_to > covers.expected_cover_to then 'ends_too_late'
                else 'agrees'
            end as string
        ) as finding,
        cast(covers.premium_total_krw as bigint) as premium_total_krw,
        cast(
            case
                when covers.premium_total_krw > 0
                    then coalesce(accrued_by_start.accrued_krw, 0)
                else 0
            end as bigint
        ) as premium_accrued_krw
    from covers
    left join accrued_by_start
        on
            covers.programme_id = accrued_by_start.programme_id
            and covers.cover_from = accrued_by_start.cover_from

)

select * from final
