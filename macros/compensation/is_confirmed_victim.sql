{% macro is_confirmed_victim(victims, signs) -%}
    {#- Does a row of int_incident_victims, possibly without a match, show one of the signs that confirm a victim?
        `signs` is a bounded list of `exposure` and `payment`. Never null. -#}
    coalesce(
        ({{ victims }}.is_exposed and {{ is_listed("'exposure'", signs) }})
        or ({{ victims }}.is_payment_victim and {{ is_listed("'payment'", signs) }}),
        false
    )
{%- endmacro %}
