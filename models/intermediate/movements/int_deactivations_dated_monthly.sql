-- Grain: one row per (month, segment_kind, segment) with a line that ended.
-- The same endings on other days than the last one in service.

with lines_ended as (

    select * from {{ ref('int_lines_ended') }}

),

past_spells as (

    select * from {{ ref('int_line_spells_past') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

endings as (

    select
        line_kind,
        network_brand,
        is_own_brand,
        terminated_on,
        termination_kind,
        requested_on,
        processed_on
    from lines_ended
    union all
    select
        line_kind,
        network_brand,
        is_own_brand,
        terminated_on,
        termination_kind,
        requested_on,
        processed_on
    from past_spells

),

deactivations as (

    select
        endings.line_kind,
        endings.network_brand,
        case when endings.is_own_brand then 'own_brand' else 'hosted_brand' end as brand_class,
        endings.terminated_on,
        case
            when endings.termination_kind = 'port_out' then endings.requested_on
            else endings.terminated_on
        end as asked_on,
        case
            when endings.termination_kind = 'port_out' then endings.processed_on
            else endings.terminated_on
        end as processed_on
    from endings
    inner join delivery_facts
        on endings.terminated_on >= delivery_facts.observed_from

),

-- A port-out counts in the month it was asked for or in the one it was processed; without a request
-- in the exports in neither. Other endings have the one day.
dated as (

    select
        {{ month_of('asked_on') }} as month,
        line_kind,
        network_brand,
        brand_class,
        count(*) as by_request,
        0 as by_processing,
        0 as without_request
    from deactivations
    where asked_on is not null
    group by 1, 2, 3, 4
    union all
    select
        {{ month_of('processed_on') }} as month,
        line_kind,
        network_brand,
        brand_class,
        0 as by_request,
        count(*) as by_processing,
        0 as without_request
    from deactivations
    where processed_on is not null
    group by 1, 2, 3, 4
    union all
    select
        {{ month_of('terminated_on') }} as month,
        line_kind,
        network_brand,
        brand_class,
        0 as by_request,
        0 as by_processing,
        count(*) as without_request
    from deactivations
    where asked_on is null
    group by 1, 2, 3, 4

),

segment_kinds as (

    select 'total' as segment_kind
    union all
    select 'line_kind' as segment_kind
    union all
    select 'network_brand' as segment_kind
    union all
    select 'brand_class' as segment_kind
    union all
    select 'brand_class_and_line_kind' as segment_kind

),

final as (

    select
        dated.month,
        segment_kinds.segment_kind,
        case segment_kinds.segment_kind
            when 'total' then 'total'
            when 'line_kind' then dated.line_kind
            when 'network_brand' then dated.network_brand
            when 'brand_class' then dated.brand_class
            else dated.brand_class || '_' || dated.line_kind
        end as segment,
        cast(sum(dated.by_request) as bigint) as by_request,
        cast(sum(dated.by_processing) as bigint) as by_processing,
        cast(sum(dated.without_request) as bigint) as without_request
    from dated
    cross join segment_kinds
    group by 1, 2, 3

)

select * from final
