-- A closure of a row that never was in quarantine is a slip of the pen.

with closures as (

    select * from {{ ref('ref_quarantine_closures') }}

),

quarantined_rows as (

    select * from {{ ref('fct_quarantined_rows') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

final as (

    select
        closures.entity,
        closures.source_file,
        closures.source_row
    from closures
    inner join delivery_facts
        on closures.known_from <= delivery_facts.as_of_date
    left join quarantined_rows
        on
            closures.entity = quarantined_rows.entity
            and closures.source_file = quarantined_rows.source_file
            and closures.source_row = quarantined_rows.source_row
    where
        quarantined_rows.entity is null
        or closures.known_from < quarantined_rows.batch_date

)

select * from final
