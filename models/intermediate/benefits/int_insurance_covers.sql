-- Grain: one row per enrolment in an insurance, with the programme it belongs to and the cover
-- that the programme's term gives it.
-- An enrolment names no programme: it is the one whose term in months comes nearest to the length
-- of the cover. A person has one cover at a time of a programme: a second that begins while the
-- first runs costs nothing and is a finding.

{{ config(materialized='keyed', unique_key='customer_key') }}

with enrolments as (

    select * from {{ ref('stg_operator__insurance_enrolments') }}
    {{ in_scope('customer_key') }}

),

programmes as (

    select * from {{ ref('int_insurance_programmes') }}

),

covers as (

    select
        enrolment_id,
        customer_key,
        route,
        enrolled_on,
        cover_from,
        cover_to,
        loaded_on,
        -- Without both days there is no length: 0 is nearest to the shortest programme.
        coalesce(
            cast(
                {{ dbt.datediff('cover_from', 'cast(cover_to + interval 1 day as date)', 'month') }}
                as bigint
            ),
            0
        ) as cover_months
    from enrolments

),

cover_starts as (

    select distinct
        cover_from,
        cover_months
    from covers

),

starts_ranked as (

    select
        cover_starts.cover_from,
        cover_starts.cover_months,
        programmes.programme_id,
        programmes.treatment_code,
        programmes.unit_cost_krw,
        programmes.months,
        programmes.premium_total_krw,
        {{ cover_end('cover_starts.cover_from', 'programmes.months') }} as expected_cover_to,
        row_number() over (
            partition by cover_starts.cover_from, cover_starts.cover_months
            order by
                abs(cover_starts.cover_months - programmes.months) asc nulls last,
                programmes.programme_id asc nulls last
        ) as nearness
    from cover_starts
    cross join programmes

),

covers_assigned as (

    select
        covers.enrolment_id,
        covers.customer_key,
        covers.route,
        covers.enrolled_on,
        covers.cover_from,
        covers.cover_to,
        covers.loaded_on,
        starts_ranked.programme_id,
        starts_ranked.treatment_code,
        starts_ranked.unit_cost_krw,
        starts_ranked.months,
        starts_ranked.premium_total_krw,
        starts_ranked.expected_cover_to
    from covers
    inner join starts_ranked
        on
            covers.cover_from is not distinct from starts_ranked.cover_from
            and covers.cover_months = starts_ranked.cover_months
            and starts_ranked.nearness = 1

),

enrolled_again as (

    select
        programme_id,
        customer_key
    from covers_assigned
    group by 1, 2
    having count(*) > 1

),

-- Only the few who were enrolled more than once are put in order.
earlier_covers as (

    select
        covers_assigned.enrolment_id,
        covers_assigned.cover_from,
        max(covers_assigned.expected_cover_to) over (
            partition by covers_assigned.programme_id, covers_assigned.customer_key
            order by
                covers_assigned.cover_from asc nulls last,
                covers_assigned.enrolment_id asc nulls last
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from covers_assigned
    inner join enrolled_again
        on
            covers_assigned.programme_id = enrolled_again.programme_id
            and covers_assigned.customer_key = enrolled_again.customer_key

),

final as (

    select
        covers_assigned.enrolment_id,
        covers_assigned.programme_id,
        covers_assigned.treatment_code,
        covers_assigned.customer_key,
        covers_assigned.route,
        covers_assigned.enrolled_on,
        covers_assigned.cover_from,
        covers_assigned.cover_to,
        covers_assigned.months,
        covers_assigned.expected_cover_to,
        covers_assigned.unit_cost_krw,
        coalesce(earlier_covers.covered_until >= earlier_covers.cover_from, false) as is_doubled,
        case
            when covers_assigned.cover_from is null then 0
            when earlier_covers.covered_until >= earlier_covers.cover_from then 0
            else covers_assigned.premium_total_krw
        end as premium_total_krw,
        covers_assigned.loaded_on
    from covers_assigned
    left join earlier_covers
        on covers_assigned.enrolment_id = earlier_covers.enrolment_id

)

select * from final
