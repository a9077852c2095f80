{% macro developed_by(days, horizon_days, half_life_days) -%}
    {#-
        Share of all that will come which has come after so many days, where half of what is still to come comes in
        every half-life and nothing after the horizon (days from the start to the deadline; null where there is none).
        0 before the start, 1 at the horizon and after it.
    -#}
    case
        when {{ days }} is null or {{ days }} <= 0 then cast(0 as double)
        when {{ days }} >= {{ horizon_days }} then cast(1 as double)
        else
            (1 - power(0.5, cast({{ days }} as double) / {{ half_life_days }}))
            / coalesce(
                1 - power(0.5, cast({{ horizon_days }} as double) / {{ half_life_days }}),
                1
            )
    end
{%- endmacro %}


{% macro start_of(grain, day) -%}
    {#- First day of the day, week or month that a day lies in; `grain` is a column. -#}
    case {{ grain }}
        when 'month' then cast(date_trunc('month', {{ day }}) as date)
        when 'week' then cast(date_trunc('week', {{ day }}) as date)
        else {{ day }}
    end
{%- endmacro %}


{% macro lag_between(grain, first_day, last_day) -%}
    {#- Whole lags from one day to another: 0 within the first day, week or month. -#}
    cast(
        case {{ grain }}
            when 'month' then {{ dbt.datediff(first_day, last_day, 'month') }}
            when 'week' then floor({{ dbt.datediff(first_day, last_day, 'day') }} / 7)
            else {{ dbt.datediff(first_day, last_day, 'day') }}
        end as bigint
    )
{%- endmacro %}


{% macro last_day_of_lag(grain, first_day, lag) -%}
    {#- The day at whose end a lag is complete. -#}
    cast(
        case {{ grain }}
            when 'month'
                then
                    cast(date_trunc('month', {{ first_day }}) as date)
                    + cast({{ lag }} + 1 as integer) * interval 1 month - interval 1 day
            when 'week'
                then {{ first_day }} + cast(7 * {{ lag }} + 6 as integer) * interval 1 day
            else {{ first_day }} + cast({{ lag }} as integer) * interval 1 day
        end as date
    )
{%- endmacro %}


{% macro lognormal_bound(amount, standard_error, z, sign) -%}
    {#-
        Bound of an amount still to come that has this mean and standard error and is lognormal, as Mack (1993) proposes:
        never negative, skewed upwards. `sign` is -1 for the lower and 1 for the upper bound.
    -#}
    {{ amount }} * exp(
        {{ sign }} * {{ z }} * sqrt(ln(1 + power({{ standard_error }} / nullif({{ amount }}, 0), 2)))
        - ln(1 + power({{ standard_error }} / nullif({{ amount }}, 0), 2)) / 2
    )
{%- endmacro %}


{% macro students_quantile(z, degrees) -%}
    {#-
        Quantile of Student's t with so many degrees of freedom for the normal quantile z: the first terms of its
        Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5), within 1% from 3 degrees on at 95%. Variances are
        estimated from few cohorts; the normal quantile would promise more than it keeps.
    -#}
    (
        {{ z }}
        + (power({{ z }}, 3) + {{ z }}) / (4 * {{ degrees }})
        + (5 * power({{ z }}, 5) + 16 * power({{ z }}, 3) + 3 * {{ z }}) / (96 * power({{ degrees }}, 2))
        + (3 * power({{ z }}, 7) + 19 * power({{ z }}, 5) + 17 * power({{ z }}, 3) - 15 * {{ z }})
        / (384 * power({{ degrees }}, 3))
    )
{%- endmacro %}


{% macro estimate_in_won(amount) -%}
    {#-
        An estimate in whole won. Sums of logarithms leave 187 as 186.9999999: noise below a thousandth of a won is
        taken off before the fraction is.
    -#}
    {{ whole_won('round(' ~ amount ~ ', 3)', '1') }}
{%- endmacro %}
