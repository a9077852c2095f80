-- A row without known_from would never be seen by a run as of any day, and in silence; a row
-- without a source cannot be told from an invention.

{% set versioned_rules = [
    'ref_programmes',
    'ref_policies',
    'ref_fee_rules',
    'ref_investment_plan',
] %}
{% set other_rules = [
    'ref_policy_paths',
    'ref_policy_rules',
    'ref_policy_covered_items',
    'ref_fee_steps',
    'ref_accounting_treatments',
] %}

with rules as (

    {% for seed in versioned_rules %}
    select '{{ seed }}' as register, cast(known_from as string) as known_from, source
    from {{ ref(seed) }}
    union all
    {% endfor %}
    {% for seed in other_rules %}
    select '{{ seed }}' as register, 'does not change' as known_from, source
    from {{ ref(seed) }}
    union all
    {% endfor %}
    select 'ref_assumptions' as register, cast(known_from as string) as known_from, reasoning
    from {{ ref('ref_assumptions') }}

),

final as (

    select 'a row of ' || register || ' has no known_from or no source' as problem
    from rules
    where
        known_from is null
        or source is null

)

select * from final
