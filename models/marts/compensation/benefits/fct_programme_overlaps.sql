-- Grain: one row per (pair of programmes of the exclusion matrix, holder who took both). Findings
-- and overlaps that are allowed; at_stake_krw adds up, but one taking may stand in several pairs.

with exclusions as (

    select * from {{ ref('int_exclusions_known') }}

),

takings as (

    select * from {{ ref('fct_programme_takings') }}

),

versions as (

    select * from {{ ref('int_policy_versions_known') }}

),

rule_results as (

    select * from {{ ref('fct_waiver_rule_results') }}

),

-- Who gave up a line, had its fee waived and was back with the number by the day that the policy
-- names? The rule on it is part of the policy; a claim can have been accepted all the same.
lines_returned as (

    select distinct
        versions.programme_id,
        rule_results.line_key
    from rule_results
    inner join versions
        on
            rule_results.policy_id = versions.policy_id
            and rule_results.policy_version = versions.policy_version
    where
        versions.is_current
        and rule_results.rule_code = 'not_rejoined'
        and not rule_results.passed

),

pairs as (

    select
        exclusions.programme_a,
        exclusions.programme_b,
        exclusions.relation,
        exclusions.scope,
        exclusions.reason_code,
        takings_a.holder_id,
        coalesce(takings_a.line_key, takings_b.line_key) as line_key,
        coalesce(takings_a.customer_key, takings_b.customer_key) as customer_key,
        takings_a.taken_krw as taken_a_krw,
        takings_b.taken_krw as taken_b_krw,
        greatest(takings_a.loss_krw, takings_b.loss_krw) as loss_krw
    from exclusions
    inner join takings as takings_a
        on
            exclusions.programme_a = takings_a.programme_id
            and exclusions.scope = takings_a.scope
    inner join takings as takings_b
        on
            exclusions.programme_b = takings_b.programme_id
            and exclusions.scope = takings_b.scope
            and takings_a.holder_id = takings_b.holder_id
    where exclusions.programme_a != exclusions.programme_b
    union all
    select
        exclusions.programme_a,
        exclusions.programme_b,
        exclusions.relation,
        exclusions.scope,
        exclusions.reason_code,
        takings.holder_id,
        takings.line_key,
        takings.customer_key,
        takings.taken_krw as taken_a_krw,
        takings.taken_krw as taken_b_krw,
        cast(null as bigint) as loss_krw
    from exclusions
    inner join takings
        on
            exclusions.programme_b = takings.programme_id
            and exclusions.scope = takings.scope
    inner join lines_returned
        on
            takings.programme_id = lines_returned.programme_id
            and takings.line_key = lines_returned.line_key
    where exclusions.scope = 'return'

),

-- What should not have been given? Of two that exclude each other the smaller; of two for one loss
-- what goes beyond the loss.
weighed as (

    select
        programme_a,
        programme_b,
        relation,
        scope,
        reason_code,
        holder_id,
        line_key,
        customer_key,
        taken_a_krw,
        taken_b_krw,
        loss_krw,
        case relation
            when 'exclusive' then least(taken_a_krw, taken_b_krw)
            when 'offset' then greatest(taken_a_krw + taken_b_krw - loss_krw, 0)
            else 0
        end as at_stake_krw
    from pairs

),

final as (

    select
        cast(programme_a as string) as programme_a,
        cast(programme_b as string) as programme_b,
        cast(holder_id as string) as holder_id,
        cast(scope as string) as scope,
        cast(relation as string) as relation,
        cast(reason_code as string) as reason_code,
        cast(
            relation = 'exclusive' or (relation = 'offset' and at_stake_krw > 0) as boolean
        ) as is_finding,
        cast(line_key as bigint) as line_key,
        cast(customer_key as bigint) as customer_key,
        cast(taken_a_krw as bigint) as taken_a_krw,
        cast(taken_b_krw as bigint) as taken_b_krw,
        cast(loss_krw as bigint) as loss_krw,
        cast(at_stake_krw as bigint) as at_stake_krw
    from weighed

)

select * from final
