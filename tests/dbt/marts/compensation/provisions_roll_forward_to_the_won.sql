-- opening + additions + reestimates - used - reversed = closing, and a month opens with what the
-- month before closed with.

with rollforward as (

    select * from {{ ref('rpt_provision_rollforward') }}

),

chained as (

    select
        programme_id,
        cost_month,
        opening_krw,
        additions_krw,
        reestimates_krw,
        used_krw,
        reversed_krw,
        closing_krw,
        lag(closing_krw) over (
            partition by programme_id
            order by cost_month asc nulls last
        ) as previous_closing_krw
    from rollforward

),

final as (

    select *
    from chained
    where
        opening_krw + additions_krw + reestimates_krw - used_krw - reversed_krw != closing_krw
        or opening_krw != coalesce(previous_closing_krw, 0)
        or additions_krw < 0
        or reversed_krw < 0

)

select * from final
