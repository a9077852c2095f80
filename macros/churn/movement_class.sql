{% macro movement_class(was_active, is_active, was_ever_active) -%}
    {#-
        What a line or a customer did between the ends of two periods. Each of the three is true, false or unknown:
        in service at the end of the period before, at the end of this one, at any time up to the end of the one
        before. Never null: what cannot be told is `unknown`, and so is what cannot be (in service before, and never
        in service). Who was never in service was not in service before either, so that is no reason not to know.
        The truth table and a test that breaks every branch stand in tests/unit/test_movement_class.py.
    -#}
    case
        when {{ is_active }} is null then 'unknown'
        when {{ was_active }} and not {{ was_ever_active }} then 'unknown'
        when {{ was_active }} and {{ is_active }} then 'retained'
        when {{ was_active }} then 'churned'
        when not {{ was_ever_active }} and {{ is_active }} then 'new'
        when not {{ was_ever_active }} then 'not_yet'
        when {{ was_active }} is null or {{ was_ever_active }} is null then 'unknown'
        when {{ is_active }} then 'rejoined'
        else 'absent'
    end
{%- endmacro %}
