-- Grain: one row per ledger entry that the exports and rules known at the as-of date give rise to.
-- A state of an event that is not zero is an entry; the state that replaces it reverses that entry.

{{ config(materialized='keyed', unique_key='line_key', meta={'rows_without_key': 'anew'}) }}

with events as (

    select * from {{ ref('int_ledger_events') }}
    {{ in_scope_or_without('line_key') }}

),

posting_rules as (

    select * from {{ ref('ref_posting_rules') }}

),

accounts as (

    select * from {{ ref('ref_ledger_accounts') }}

),

programmes as (

    select * from {{ ref('int_programmes_known') }}

),

-- Where a rule leaves an account open, it is the one that carries the programme's treatment.
programme_accounts as (

    select programmes.programme_id, accounts.account
    from programmes
    inner join accounts
        on programmes.treatment_code = accounts.treatment_code

),

states as (

    select
        event_kind,
        source_id,
        programme_id,
        line_key,
        policy_version,
        posted_on,
        known_from,
        amount_krw,
        event_kind || ':' || source_id || '@' || cast(known_from as string) as entry_id,
        lead(known_from) over (
            partition by event_kind, source_id
            order by known_from asc nulls last
        ) as replaced_on
    from events

),

entries as (

    select
        entry_id,
        event_kind,
        false as is_reversal,
        cast(null as string) as reverses_entry_id,
        cast(null as date) as reversed_known_from,
        source_id,
        programme_id,
        line_key,
        policy_version,
        posted_on,
        known_from,
        amount_krw
    from states
    where amount_krw != 0
    union all
    select
        'reversal:' || entry_id as entry_id,
        event_kind,
        true as is_reversal,
        entry_id as reverses_entry_id,
        known_from as reversed_known_from,
        source_id,
        programme_id,
        line_key,
        policy_version,
        replaced_on as posted_on,
        replaced_on as known_from,
        amount_krw
    from states
    where
        amount_krw != 0
        and replaced_on is not null

),

accounts_found as (

    select
        entries.entry_id,
        entries.event_kind,
        entries.is_reversal,
        entries.reverses_entry_id,
        entries.reversed_known_from,
        entries.source_id,
        entries.programme_id,
        entries.line_key,
        entries.policy_version,
        entries.posted_on,
        entries.known_from,
        entries.amount_krw,
        coalesce(posting_rules.debit_account, programme_accounts.account) as debit_account,
        coalesce(posting_rules.credit_account, programme_accounts.account) as credit_account
    from entries
    left join posting_rules
        on entries.event_kind = posting_rules.event_kind
    left join programme_accounts
        on entries.programme_id = programme_accounts.programme_id

),

final as (

    select
        entry_id,
        event_kind,
        is_reversal,
        reverses_entry_id,
        reversed_known_from,
        source_id,
        programme_id,
        line_key,
        policy_version,
        posted_on,
        known_from,
        amount_krw,
        case when is_reversal then credit_account else debit_account end as debit_account,
        case when is_reversal then debit_account else credit_account end
            as credit_account
    from accounts_found

)

select * from final
