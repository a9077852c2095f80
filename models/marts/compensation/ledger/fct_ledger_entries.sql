-- Grain: one row per ledger entry: an amount from one account to another.
-- Append-only: an entry once published stands in every later generation as it was; a correction is
-- a reversal and a new entry. Amounts of one kind of event add up, reversals counting negative.

{{ config(materialized='keyed', unique_key='line_key', meta={'rows_without_key': 'anew'}) }}

with published_entries as (

    select * from {{ published_ledger() }}
    {{ in_scope_or_without('line_key') }}

),

appended as (

    select * from {{ ref('int_ledger_entries_appended') }}

),

accounts as (

    select * from {{ ref('ref_ledger_accounts') }}

),

debit_accounts as (

    select account, treatment_code from accounts

),

credit_accounts as (

    select account, treatment_code from accounts

),

entries as (

    select
    {%- for name, type in ledger_entry_columns() %}
        {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from published_entries
    union all
    select
        appended.entry_id,
        appended.edition_of_entry_id,
        appended.corrects_entry_id,
        appended.event_kind,
        appended.is_reversal,
        appended.reverses_entry_id,
        appended.source_id,
        appended.posted_on,
        appended.known_from,
        appended.programme_id,
        appended.line_key,
        appended.policy_version,
        appended.amount_krw,
        appended.debit_account,
        debit_accounts.treatment_code as debit_treatment,
        appended.credit_account,
        credit_accounts.treatment_code as credit_treatment
    from appended
    left join debit_accounts
        on appended.debit_account = debit_accounts.account
    left join credit_accounts
        on appended.credit_account = credit_accounts.account

),

final as (

    select
    {%- for name, type in ledger_entry_columns() %}
        cast({{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from entries

)

select * from final
