-- Two postings make an entry, one on each side, of the same amount, above nought, on one day.

with ledger as (

    select * from {{ ref('fct_compensation_ledger') }}

),

final as (

    select entry_id
    from ledger
    group by 1
    having
        count(*) != 2
        or count(*) filter (where side = 'debit') != 1
        or min(amount_krw) != max(amount_krw)
        or min(amount_krw) <= 0
        or min(account) = max(account)
        or min(posted_on) != max(posted_on)
        or min(known_from) != max(known_from)

)

select * from final
