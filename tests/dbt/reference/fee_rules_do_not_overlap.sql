-- A contract must find one rule at most: two rules of one kind, term and brand class in force on
-- the same day of signing would charge it twice. Close one of them (valid_to) in ref_fee_rules.

with fee_rules as (

    select * from {{ ref('ref_fee_rules') }}

),

final as (

    select
        'fee rules ' || earlier.rule_id || ' and ' || later.rule_id
        || ' both apply to ' || earlier.contract_kind || ' of '
        || cast(earlier.term_months as varchar) || ' months, ' || earlier.brand_class as problem
    from fee_rules as earlier
    inner join fee_rules as later
        on
            earlier.contract_kind = later.contract_kind
            and earlier.brand_class = later.brand_class
            and earlier.term_months = later.term_months
            and earlier.rule_id < later.rule_id
            and coalesce(earlier.valid_from < later.valid_to, true)
            and coalesce(earlier.valid_to > later.valid_from, true)
    union all
    select 'fee rule ' || rule_id || ' ends before it begins' as problem
    from fee_rules
    where valid_to <= valid_from

)

select * from final
