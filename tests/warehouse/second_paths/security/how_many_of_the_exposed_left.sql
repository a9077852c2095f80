-- From the spells of the lines.
select
    l.exposure_class,
    count(*) as lines,
    count(*) filter (last_kind is not null) as lines_that_left,
    count(*) filter (was_ported_out) as lines_ported_out
from core.dim_lines as l
inner join (
    select
        line_key,
        max_by(end_kind, spell_number) as last_kind,
        bool_or(end_kind = 'port_out') as was_ported_out
    from churn.fct_line_spells
    group by line_key
) as s using (line_key)
group by all
