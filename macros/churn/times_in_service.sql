{% macro times_in_service(numbered=false) -%}
    {#-
        Every time in service with what its line is cut by: the newest of each line (`lines`, dim_lines), and the
        earlier ones of lines whose id was used again (`past_spells`, int_line_spells_past). What a line is cut by is
        that of its newest version. `numbered` adds earlier_spell, the spell_number of an earlier one and 0 for the newest.
    -#}
    select
        {% if numbered %}0 as earlier_spell, {% endif %}line_key, activated_on, terminated_on, termination_kind, line_kind, is_own_brand,
        plan_tier, age_band, region, contract_kind, exposure_class
    from lines
    union all
    select
        {% if numbered %}past_spells.spell_number as earlier_spell, {% endif %}past_spells.line_key, past_spells.activated_on, past_spells.terminated_on,
        past_spells.termination_kind, past_spells.line_kind, past_spells.is_own_brand,
        lines.plan_tier, lines.age_band, lines.region, lines.contract_kind, lines.exposure_class
    from past_spells
    inner join lines
        on past_spells.line_key = lines.line_key
{%- endmacro %}
