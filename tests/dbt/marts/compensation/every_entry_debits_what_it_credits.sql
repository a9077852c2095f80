-- Debits equal credits, on each day and in all: two postings to an entry, of the same amount above
-- nought, on two accounts; as many of each side as there are entries of the day.

with entries as (

    select * from {{ ref('fct_ledger_entries') }}

),

ledger as (

    select * from {{ ref('fct_compensation_ledger') }}

),

wrong_entries as (

    select entry_id as what
    from entries
    where
        amount_krw <= 0
        or debit_account = credit_account

),

days as (

    select
        posted_on,
        sum(amount_krw) filter (where side = 'debit') as debit_krw,
        sum(amount_krw) filter (where side = 'credit') as credit_krw,
        count(*) filter (where side = 'debit') as debit_count,
        count(*) filter (where side = 'credit') as credit_count
    from ledger
    group by 1

),

days_of_entries as (

    select
        posted_on,
        count(*) as entry_count
    from entries
    group by 1

),

final as (

    select what
    from wrong_entries
    union all
    select cast(coalesce(days.posted_on, days_of_entries.posted_on) as string) as what
    from days
    full outer join days_of_entries
        on days.posted_on = days_of_entries.posted_on
    where
        days.debit_krw is distinct from days.credit_krw
        or days.debit_count is distinct from days_of_entries.entry_count
        or days.credit_count is distinct from days_of_entries.entry_count

)

select * from final
