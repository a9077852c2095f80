-- Grain: one row per ledger entry that this run adds to what was published.
-- Entries nobody has published yet, and corrections: a published entry that would not come about
-- today is withdrawn by a reversal of today, one withdrawn that is right after all is restored.
-- A line that no row and no day touches has none: all its entries are published as they are.

{{ config(materialized='table', meta={'has_rows_of_keys_in_scope_only': true}) }}

with entries as (

    select * from {{ ref('int_ledger_entries') }}
    {{ in_scope_or_without('line_key') }}

),

published_entries as (

    select * from {{ ref('int_ledger_published') }}
    {{ in_scope_or_without('line_key') }}

),

delivery_facts as (

    select * from {{ ref('int_delivery_facts') }}

),

published_until as (

    select max(published_to) as published_to from {{ published_ledger_days() }}

),

corrections_published as (

    select
        corrects_entry_id,
        count(*) as correction_count,
        sum(case when is_withdrawal then -amount_krw else amount_krw end) as net_krw
    from published_entries
    where corrects_entry_id is not null
    group by 1

),

-- Does a published entry still stand, and would the exports and rules known today give rise to it?
standing_entries as (

    select
        published_entries.entry_id,
        published_entries.derived_entry_id,
        entries.entry_id is not null as is_still_right,
        -- 1 or 0, unless replays of earlier days corrected it too; one may correct several.
        1 + coalesce(corrected.net_krw / published_entries.amount_krw, 0) as standing,
        coalesce(corrected.correction_count, 0) as correction_count
    from published_entries
    left join corrections_published as corrected
        on published_entries.entry_id = corrected.corrects_entry_id
    left join entries
        on
            published_entries.derived_entry_id = entries.entry_id
            and published_entries.amount_krw = entries.amount_krw
            and published_entries.debit_account = entries.debit_account
            and published_entries.credit_account = entries.credit_account
            and published_entries.programme_id is not distinct from entries.programme_id
            and published_entries.line_key is not distinct from entries.line_key
    where published_entries.corrects_entry_id is null

),

-- How often was an entry of this id published with another content, and which one is right?
editions as (

    select
        derived_entry_id,
        count(*) as edition_count,
        max(case when is_still_right then entry_id end) as right_entry_id
    from standing_entries
    group by 1

),

new_entries as (

    select
        entries.event_kind,
        entries.is_reversal,
        entries.source_id,
        entries.programme_id,
        entries.line_key,
        entries.policy_version,
        entries.amount_krw,
        entries.debit_account,
        entries.credit_account,
        case when editions.edition_count is not null then entries.entry_id end
            as edition_of_entry_id,
        {{ edition_of('entries.entry_id', 'editions') }} as entry_id,
        -- What is taken back is the edition that stands, or that this run adds.
        coalesce(
            reversed_editions.right_entry_id,
            {{ edition_of('entries.reverses_entry_id', 'reversed_editions') }}
        ) as reverses_entry_id,
        -- Another edition is news of today, and so is what belongs to a day whose books are out.
        case
            when
                editions.edition_count is not null
                or coalesce(entries.known_from <= published_until.published_to, false)
                or (
                    reversed_editions.right_entry_id is null
                    and (
                        reversed_editions.edition_count is not null
                        or coalesce(
                            entries.reversed_known_from <= published_until.published_to, false
                        )
                    )
                )
                then delivery_facts.as_of_date
        end as news_on,
        entries.posted_on,
        entries.known_from
    from entries
    cross join delivery_facts
    cross join published_until
    left join editions on entries.entry_id = editions.derived_entry_id
    left join editions as reversed_editions
        on entries.reverses_entry_id = reversed_editions.derived_entry_id
    where editions.right_entry_id is null

),

corrections as (

    select
        published_entries.entry_id as corrects_entry_id,
        published_entries.event_kind,
        published_entries.is_reversal,
        published_entries.reverses_entry_id,
        published_entries.source_id,
        published_entries.programme_id,
        published_entries.line_key,
        published_entries.policy_version,
        published_entries.debit_account,
        published_entries.credit_account,
        published_entries.amount_krw,
        standing_entries.correction_count,
        delivery_facts.as_of_date,
        case when standing_entries.is_still_right then 1 else 0 end - standing_entries.standing
            as change
    from standing_entries
    inner join published_entries
        on standing_entries.entry_id = published_entries.entry_id
    cross join delivery_facts

),

final as (

    select
        entry_id,
        edition_of_entry_id,
        cast(null as string) as corrects_entry_id,
        event_kind,
        is_reversal,
        reverses_entry_id,
        source_id,
        programme_id,
        line_key,
        policy_version,
        coalesce(news_on, posted_on) as posted_on,
        coalesce(news_on, known_from) as known_from,
        amount_krw,
        debit_account,
        credit_account
    from new_entries
    union all
    select
        corrects_entry_id || '~' || cast(as_of_date as string) || '.'
        || cast(correction_count + 1 as string) as entry_id,
        cast(null as string) as edition_of_entry_id,
        corrects_entry_id,
        event_kind,
        case when change < 0 then not is_reversal else is_reversal end as is_reversal,
        case when change < 0 then corrects_entry_id else reverses_entry_id end
            as reverses_entry_id,
        source_id,
        programme_id,
        line_key,
        policy_version,
        as_of_date as posted_on,
        as_of_date as known_from,
        cast(abs(change) * amount_krw as bigint) as amount_krw,
        case when change < 0 then credit_account else debit_account end as debit_account,
        case when change < 0 then debit_account else credit_account end as credit_account
    from corrections
    where change != 0

)

select * from final
