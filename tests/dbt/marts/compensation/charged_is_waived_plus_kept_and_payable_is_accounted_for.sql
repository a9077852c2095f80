-- To the won, line by line. Nobody is owed less than nought, and nothing is waived that was not
-- charged.

with positions as (

    select * from {{ ref('fct_refund_positions') }}

),

final as (

    select *
    from positions
    where
        charged_krw != waived_krw + kept_krw
        or payable_krw != paid_krw + outstanding_krw + reversed_krw + expired_krw
        or outstanding_krw < 0
        or kept_krw < 0

)

select * from final
