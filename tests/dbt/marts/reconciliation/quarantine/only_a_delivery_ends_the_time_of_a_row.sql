-- A released row names the delivered row that let it in, of a file that a manifest lists, on a day
-- between its own delivery and the as-of date. What left quarantine was released; what is withdrawn
-- has not left it.

with quarantined_rows as (

    select * from {{ ref('fct_quarantined_rows') }}

),

batch_files as (

    select * from {{ ref('stg_operator__batch_files') }}

),

batches as (

    select distinct
        entity,
        batch_date
    from batch_files

),

final as (

    select
        quarantined_rows.entity,
        quarantined_rows.source_file,
        quarantined_rows.source_row,
        quarantined_rows.state
    from quarantined_rows
    left join batches
        on
            quarantined_rows.released_by_entity = batches.entity
            and quarantined_rows.released_on = batches.batch_date
    where
        (quarantined_rows.state = 'released')
        <> (quarantined_rows.released_by_row is not null and batches.batch_date is not null)
        or (quarantined_rows.state = 'released') <> (quarantined_rows.release_kind is not null)
        or (not quarantined_rows.is_quarantined and quarantined_rows.state <> 'released')
        or quarantined_rows.released_on < quarantined_rows.batch_date
        or quarantined_rows.released_on > quarantined_rows.as_of_date
        or (quarantined_rows.held_krw <> 0 and quarantined_rows.state <> 'held')

)

select * from final
