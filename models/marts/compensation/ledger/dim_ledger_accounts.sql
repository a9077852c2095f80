-- Grain: one row per account of the ledger.

with accounts as (

    select * from {{ ref('ref_ledger_accounts') }}

),

final as (

    select
        cast(account as string) as account,
        cast(account_name as string) as account_name,
        cast(account_class as string) as account_class,
        cast(normal_side as string) as normal_side
    from accounts

)

select * from final
