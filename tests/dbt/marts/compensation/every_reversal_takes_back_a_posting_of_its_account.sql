-- The same account on the other side, the same amount, not before it was known; and no posting is
-- taken back twice.

with ledger as (

    select * from {{ ref('fct_compensation_ledger') }}

),

reversals as (

    select
        posting_id,
        reverses_posting_id,
        account,
        side,
        amount_krw,
        known_from,
        corrects_entry_id,
        count(*) over (partition by reverses_posting_id) as reversal_count
    from ledger
    where reverses_posting_id is not null

),

final as (

    select
        reversals.posting_id,
        reversals.reverses_posting_id
    from reversals
    left join ledger
        on reversals.reverses_posting_id = ledger.posting_id
    where
        ledger.posting_id is null
        or ledger.account != reversals.account
        or ledger.side = reversals.side
        or ledger.known_from > reversals.known_from
        or (reversals.corrects_entry_id is null and ledger.amount_krw != reversals.amount_krw)
        or (reversals.corrects_entry_id is null and reversals.reversal_count > 1)

)

select * from final
