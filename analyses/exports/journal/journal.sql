-- Days are given as text, so that dbt and a published file read the same query.
with postings as (

    select * from {{ ref('fct_compensation_ledger') }}

),

accounts as (

    select * from {{ ref('dim_ledger_accounts') }}

)

select
    postings.posted_on,
    postings.entry_id,
    case postings.side when 'debit' then 1 else 2 end as posting_number,
    postings.event_kind,
    postings.is_reversal,
    postings.source_id,
    postings.known_from,
    postings.programme_id,
    postings.policy_version,
    postings.account,
    accounts.account_name,
    accounts.account_class,
    case when postings.side = 'debit' then postings.amount_krw else 0 end as debit_krw,
    case when postings.side = 'credit' then postings.amount_krw else 0 end as credit_krw
from postings
inner join accounts
    on postings.account = accounts.account
where
    postings.posted_on between
    cast('{{ var("booked_from", "0001-01-01") }}' as date)
    and cast('{{ var("booked_to", "9999-12-31") }}' as date)
