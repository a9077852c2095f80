-- Grain: one row per (event, day on which a state of it became known): the state differs from the
-- one known before. An event is what a document or a rule says happened to one amount of money.

{{ config(materialized='keyed', unique_key='line_key', meta={'rows_without_key': 'anew'}) }}

with billing as (

    select * from {{ ref('int_ledger_billing') }}
    {{ in_scope_or_without('line_key') }}

),

refunds as (

    select * from {{ ref('int_ledger_refunds') }}
    {{ in_scope_or_without('line_key') }}

),

losses as (

    select * from {{ ref('int_ledger_losses') }}
    {{ in_scope_or_without('line_key') }}

),

benefits as (

    select * from {{ ref('int_ledger_benefits') }}
    {{ in_scope_or_without('line_key') }}

),

investments as (

    select * from {{ ref('int_ledger_investments') }}
    {{ in_scope_or_without('line_key') }}

),

states as (

    {% for feed in ['billing', 'refunds', 'losses', 'benefits', 'investments'] -%}
    select
        event_kind,
        source_id,
        programme_id,
        line_key,
        policy_version,
        posted_on,
        document_on,
        known_from,
        amount_krw
    from {{ feed }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

compared as (

    select
        event_kind,
        source_id,
        programme_id,
        line_key,
        policy_version,
        posted_on,
        document_on,
        known_from,
        amount_krw,
        lag(amount_krw) over (
            partition by event_kind, source_id
            order by known_from asc nulls last
        ) as amount_before_krw,
        lag(document_on) over (
            partition by event_kind, source_id
            order by known_from asc nulls last
        ) as document_before_on
    from states

),

final as (

    select
        event_kind,
        source_id,
        programme_id,
        line_key,
        policy_version,
        -- A document is posted on the day it bears, what follows from later knowledge on the day
        -- that brought it.
        case
            when document_on is null and amount_before_krw is not null then known_from
            else posted_on
        end as posted_on,
        known_from,
        cast(amount_krw as bigint) as amount_krw
    from compared
    where
        (amount_before_krw is null and amount_krw != 0)
        or amount_before_krw != amount_krw
        or (
            amount_before_krw is not null
            and amount_krw != 0
            and document_before_on is distinct from document_on
        )

)

select * from final
