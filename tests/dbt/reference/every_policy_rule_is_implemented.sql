-- A rule code that the macro waiver_rules does not know would reject nobody; a threshold that
-- cannot be read would too.

with policy_rules as (

    select * from {{ ref('ref_policy_rules') }}

),

rules_implemented as (

    {% for rule in waiver_rules() %}
    select
        '{{ rule.code }}' as rule_code,
        '{{ rule.threshold_type }}' as threshold_type
    {{- "\n    union all" if not loop.last }}
    {% endfor %}

),

final as (

    select
        'policy ' || policy_rules.policy_id || ' ' || policy_rules.policy_version
        || ': rule ' || policy_rules.rule_code
        || case
            when rules_implemented.rule_code is null then ' is not implemented'
            else ' needs a threshold of type ' || rules_implemented.threshold_type
        end as problem
    from policy_rules
    left join rules_implemented
        on policy_rules.rule_code = rules_implemented.rule_code
    where
        rules_implemented.rule_code is null
        or (rules_implemented.threshold_type != 'none' and policy_rules.threshold is null)
        or (
            rules_implemented.threshold_type = 'date'
            and try_cast(policy_rules.threshold as date) is null
        )

)

select * from final
