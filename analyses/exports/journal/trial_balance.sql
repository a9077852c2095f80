with postings as (

    select * from {{ ref('fct_compensation_ledger') }}

),

accounts as (

    select * from {{ ref('dim_ledger_accounts') }}

),

period as (

    select
        cast('{{ var("booked_from", "0001-01-01") }}' as date) as booked_from,
        cast('{{ var("booked_to", "9999-12-31") }}' as date) as booked_to

),

amounts as (

    select
        postings.account,
        postings.posted_on < period.booked_from as is_before,
        case when postings.side = 'debit' then postings.amount_krw else 0 end as debit_krw,
        case when postings.side = 'credit' then postings.amount_krw else 0 end as credit_krw
    from postings
    cross join period
    where postings.posted_on <= period.booked_to

),

moved as (

    select
        account,
        sum(case when is_before then debit_krw - credit_krw else 0 end) as opening_krw,
        sum(case when is_before then 0 else debit_krw end) as debit_krw,
        sum(case when is_before then 0 else credit_krw end) as credit_krw
    from amounts
    group by account

)

select
    accounts.account,
    accounts.account_name,
    accounts.account_class,
    accounts.normal_side,
    cast(coalesce(moved.opening_krw, 0) as bigint) as opening_krw,
    cast(coalesce(moved.debit_krw, 0) as bigint) as debit_krw,
    cast(coalesce(moved.credit_krw, 0) as bigint) as credit_krw,
    cast(
        coalesce(moved.opening_krw + moved.debit_krw - moved.credit_krw, 0) as bigint
    ) as closing_krw
from accounts
left join moved
    on accounts.account = moved.account
