with termination_fees as (

    select * from {{ ref('fct_termination_fees') }}

),

final as (

    select *
    from termination_fees
    where
        difference_krw is distinct from charged_krw - recomputed_krw
        or charged_krw < 0
        or recomputed_krw < 0
        or (finding = 'no_rule') != (recomputed_krw is null)
        or (finding = 'agrees' and difference_krw != 0)
        or (finding in ('overcharged', 'charged_without_contract') and difference_krw < 0)
        or (finding in ('undercharged', 'not_charged', 'not_yet_billed') and difference_krw >= 0)
        or (finding in ('not_charged', 'not_yet_billed') and item_count > 0)
        or (
            not is_rule_found
            and not has_run_out
            and finding not in ('no_rule', 'charged_without_contract')
        )

)

select * from final
