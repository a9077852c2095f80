-- Grain: one row per (data programme, line that was in service on the day of its announcement or
-- later). Entitled or not, with the first rule broken; months are the programme's, whether they
-- have begun or not, for a line that is still in service. entitled_months adds up to line-months.

{{ config(materialized='keyed', unique_key='line_key') }}

with lines_entitled as (

    {{ lines_entitled_in_scope() }}

),

final as (

    select
        cast(programme_id as string) as programme_id,
        cast(line_key as bigint) as line_key,
        cast(reason_code = 'entitled' as boolean) as is_entitled,
        cast(reason_code as string) as reason_code,
        cast(first_month as date) as first_month,
        cast(last_month as date) as last_month,
        cast(
            case
                when reason_code = 'entitled'
                    then {{ dbt.datediff('first_month', 'last_month', 'month') }} + 1
                else 0
            end as bigint
        ) as entitled_months,
        cast(reason_code = 'entitled' and not is_unlimited as boolean) as is_gaining
    from lines_entitled
    where kind = 'data'

)

select * from final
