-- Every document of the files is posted with its amount, and no posting lacks its document. Where a
-- document was withdrawn after its posting had been published, both net to nought.

with tie_out as (

    select * from {{ ref('rpt_ledger_tie_out') }}

),

final as (

    select *
    from tie_out
    where differing_krw != 0

)

select * from final
