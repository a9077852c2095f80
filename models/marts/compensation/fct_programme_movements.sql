-- Grain: one row per (programme, month) in which the ledger holds a posting of the programme.
-- Amounts are of the month and add up over months and programmes; by double entry
-- incurred = paid + change of what is outstanding.

with ledger as (

    select * from {{ ref('fct_compensation_ledger') }}

),

accounts as (

    select * from {{ ref('ref_ledger_accounts') }}

),

movements as (

    select
        ledger.programme_id,
        cast(date_trunc('month', ledger.posted_on) as date) as movement_month,
        accounts.programme_measure,
        case when ledger.side = 'debit' then ledger.amount_krw else -ledger.amount_krw end
            as debit_krw
    from ledger
    inner join accounts
        on ledger.account = accounts.account
    where ledger.programme_id is not null

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(movement_month as date) as movement_month,
        cast(coalesce(sum(debit_krw) filter (where programme_measure = 'incurred'), 0) as bigint)
            as incurred_krw,
        cast(coalesce(-sum(debit_krw) filter (where programme_measure = 'paid'), 0) as bigint)
            as paid_krw,
        cast(
            coalesce(-sum(debit_krw) filter (where programme_measure = 'outstanding'), 0) as bigint
        ) as outstanding_change_krw
    from movements
    group by 1, 2

)

select * from final
