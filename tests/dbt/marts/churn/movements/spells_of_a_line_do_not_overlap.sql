-- A spell does not begin before the one before it has ended, only the newest one may be running,
-- and none ends before it begins. Only lines with more than one are compared.

with line_spells as (

    select * from {{ ref('fct_line_spells') }}
    {{ in_scope('line_key') }}

),

lines_with_several as (

    select distinct line_key
    from line_spells
    where spell_number > 1

),

ordered as (

    select
        line_spells.line_key,
        line_spells.spell_number,
        line_spells.started_on,
        line_spells.ended_on,
        lead(line_spells.started_on) over (
            partition by line_spells.line_key
            order by line_spells.spell_number asc nulls last
        ) as next_started_on,
        lead(line_spells.spell_number) over (
            partition by line_spells.line_key
            order by line_spells.spell_number asc nulls last
        ) as next_spell_number
    from line_spells
    inner join lines_with_several
        on line_spells.line_key = lines_with_several.line_key

),

final as (

    select
        line_key,
        spell_number
    from ordered
    where
        next_spell_number is not null
        and (
            ended_on is null
            or ended_on > next_started_on
            or next_spell_number <> spell_number + 1
        )
    union all
    select
        line_key,
        spell_number
    from line_spells
    where
        ended_on < started_on
        or is_right_censored <> (ended_on is null)

)

select * from final
