{% macro lines_entitled_steps() -%}
    {#-
        The steps of int_lines_entitled, up to `final`: one row per (programme, line). In a model that is built by key
        they give the lines in scope alone.
    -#}
    with lines as (

        select * from {{ ref('stg_operator__lines') }}
        {{ in_scope('line_key') }}

    ),

    plans as (

        select * from {{ ref('ref_plans') }}

    ),

    victims as (

        select * from {{ ref('int_incident_victims') }}
        {{ in_scope('line_key') }}

    ),

    programme_rules as (

        select * from {{ ref('int_programme_rules_known') }}

    ),

    -- A line that ended is known to have ended from the delivery on that says so. Until then it is
    -- served like any other.
    candidates as (

        select
            programme_rules.programme_id,
            programme_rules.kind,
            programme_rules.first_month as programme_first_month,
            programme_rules.last_month as programme_last_month,
            programme_rules.reference_on,
            lines.line_key,
            lines.activated_on,
            lines.terminated_on,
            greatest(
                lines.terminated_on,
                case when lines.terminated_on is not null then lines.loaded_on end
            ) as known_ended_on,
            coalesce(plans.is_unlimited_data, false) as is_unlimited,
            case when programme_rules.is_suspended_excluded then lines.suspended_on end
                as excluded_from,
            programme_rules.is_own_brand_only and not lines.is_own_brand as is_other_brand,
            not {{ is_listed('lines.line_kind', 'programme_rules.line_kinds') }} as is_other_kind
        from lines
        cross join programme_rules
        left join plans
            on lines.plan_code = plans.plan_code
        left join victims
            on
                lines.line_key = victims.line_key
                and programme_rules.incident_id = victims.incident_id
        where
            programme_rules.kind in ('data', 'partner_discount')
            and (
                not programme_rules.is_victims_only
                or {{ is_confirmed_victim('victims', 'programme_rules.victim_signs') }}
            )
            and (
                lines.terminated_on is null
                or lines.terminated_on >= programme_rules.announced_on
            )

    ),

    -- A month is given to lines in service at the end of its first day. The day on which service ended,
    -- or was suspended where that matters, is the first without.
    judged as (

        select
            programme_id,
            kind,
            line_key,
            is_unlimited,
            terminated_on,
            excluded_from,
            case
                when activated_on <= programme_first_month then programme_first_month
                when extract(day from activated_on) = 1 then activated_on
                else cast(date_trunc('month', activated_on) + interval 1 month as date)
            end as first_month,
            least(
                programme_last_month,
                cast(
                    date_trunc('month', least(terminated_on, excluded_from) - interval 1 day) as date
                )
            ) as last_month,
            least(
                programme_last_month,
                cast(
                    date_trunc('month', least(known_ended_on, excluded_from) - interval 1 day) as date
                )
            ) as last_issued_month,
            case
                when is_other_brand then 'hosted_brand'
                when is_other_kind then 'line_kind_excluded'
                when activated_on > reference_on then 'not_in_service_on_reference_day'
                when excluded_from <= reference_on then 'suspended_on_reference_day'
            end as broken_rule,
            coalesce(terminated_on <= reference_on, false) as is_ended_by_reference_day
        from candidates

    ),

    reasoned as (

        select
            programme_id,
            kind,
            line_key,
            is_unlimited,
            terminated_on,
            excluded_from,
            first_month,
            last_month,
            last_issued_month,
            broken_rule is null and coalesce(last_issued_month >= first_month, true) as is_issued,
            case
                when broken_rule is not null then broken_rule
                when is_ended_by_reference_day then 'not_in_service_on_reference_day'
                when last_month < first_month then 'ended_before_the_first_month'
                else 'entitled'
            end as reason_code
        from judged

    ),

    final as (

        select
            programme_id,
            kind,
            line_key,
            is_unlimited,
            terminated_on,
            excluded_from,
            reason_code,
            case when reason_code = 'entitled' then first_month end as first_month,
            case when reason_code = 'entitled' then last_month end as last_month,
            case when is_issued then first_month end as first_issued_month,
            case when is_issued then last_issued_month end as last_issued_month
        from reasoned

    )
{%- endmacro %}


{% macro lines_entitled_in_scope() -%}
    {#-
        int_lines_entitled, as a model that is built by key reads it. Where few of its lines are in scope it is the text
        and not the view: a filter behind the joins of a view would have every line joined first. While the project is
        read both are named, so that the graph knows the edges of either.
    -#}
    {%- set steps = lines_entitled_steps() if is_scoped() or not execute -%}
    {%- if is_scoped() -%}
        {{ steps }}
        select * from final
    {%- else -%}
        select * from {{ ref('int_lines_entitled') }}
    {%- endif -%}
{%- endmacro %}
