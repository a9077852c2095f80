-- The strata of a kind have the changes of the total between them; whoever comes under observation
-- leaves it once; and the ends by tenure are the deactivations of the lines that are followed.

with changes as (

    select * from {{ ref('fct_risk_set_changes') }}

),

deactivations as (

    select * from {{ ref('fct_deactivations') }}

),

origins as (

    select * from {{ ref('int_survival_origins') }}

),

by_kind as (

    select
        time_origin,
        incident_id,
        stratum_kind,
        change_kind,
        recipient,
        sum(lines) as lines
    from changes
    group by 1, 2, 3, 4, 5

),

kinds_that_differ as (

    select 'the strata of ' || by_kind.stratum_kind || ' do not add up' as problem
    from by_kind
    left join by_kind as totals
        on
            by_kind.time_origin = totals.time_origin
            and by_kind.incident_id = totals.incident_id
            and by_kind.change_kind = totals.change_kind
            and by_kind.recipient = totals.recipient
            and totals.stratum_kind = 'total'
    where by_kind.lines is distinct from totals.lines

),

lines_left_over as (

    select
        curve_id,
        sum(case when change_kind = 'entered' then lines else -lines end) as lines
    from changes
    group by 1

),

curves_that_leak as (

    select 'more or fewer lines leave than entered: ' || curve_id as problem
    from lines_left_over
    where lines <> 0

),

ends as (

    select sum(lines) as lines
    from by_kind
    where
        time_origin = 'activation'
        and stratum_kind = 'total'
        and change_kind not in ('entered', 'censored')

),

deactivated as (

    select count(*) as lines
    from deactivations
    inner join origins
        on origins.time_origin = 'activation'
    where
        {{ is_listed('deactivations.line_kind', 'origins.line_kinds') }}
        and (deactivations.is_own_brand or not origins.own_brand_only)

),

ends_that_differ as (

    select 'ends by tenure are not the deactivations of the same lines' as problem
    from ends
    cross join deactivated
    where coalesce(ends.lines, 0) <> deactivated.lines

),

final as (

    select problem from kinds_that_differ
    union all
    select problem from curves_that_leak
    union all
    select problem from ends_that_differ

)

select * from final
