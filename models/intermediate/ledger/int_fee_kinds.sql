-- Grain: one row per kind of bill item that is a fee for leaving: a fee rule asks for it, or a
-- binding policy covers it.

with fee_rules as (

    select * from {{ ref('ref_fee_rules') }}

),

covered_items as (

    select * from {{ ref('ref_policy_covered_items') }}

),

binding_versions as (

    select * from {{ ref('int_binding_versions') }}

),

final as (

    select item_kind from fee_rules
    union
    select covered_items.item_kind
    from covered_items
    inner join binding_versions
        on
            covered_items.policy_id = binding_versions.policy_id
            and covered_items.policy_version = binding_versions.policy_version

)

select * from final
