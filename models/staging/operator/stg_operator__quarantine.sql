with

held_rows as (
    select * from {{ ref('stg_operator__held_rows') }}
),

final as (
    select
        entity,
        batch_date,
        source_file,
        source_row,
        reason_code,
        natural_id_key,
        amount_krw,
        released_on is not null as is_replaced
    from held_rows
    where is_quarantined
)

select * from final
