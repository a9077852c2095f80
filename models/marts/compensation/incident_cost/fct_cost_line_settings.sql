-- Grain: one row per (incident, cost line, moved driver, side).
-- What each cost line comes to with every driver at its base (moved driver `none`), with all at one
-- end (`all`), and with one alone at its low or high end. Add up cost lines within one setting only.

{%- set parameters = {
    'take_up_rate': 10000,
    'utilisation_rate': 10000,
    'redemption_cost_krw': 10,
    'unit_cost_krw': 10,
} %}

with outlook as (

    select * from {{ ref('fct_programme_outlook') }}

),

cost_settings as (

    select * from {{ ref('fct_cost_settings') }}

),

revenue_forgone as (

    select * from {{ ref('fct_revenue_forgone') }}

),

cost_lines as (

    select * from {{ ref('ref_cost_lines') }}

),

settings as (

    select distinct incident_id, moved_driver_id, side from cost_settings

),

-- From where to where does a setting move what the cost of a programme is made of? As whole numbers:
-- won in tenths, shares in hundredths of a percent.
programme_values as (

    select
        incident_id,
        moved_driver_id,
        side,
        programme_id,
        {%- for parameter, steps in parameters.items() %}
        {%- set is_last = loop.last %}
        {%- for point in ['base', 'set'] %}
        cast(
            round(
                max(case when parameter = '{{ parameter }}' then {{ point }}_value end) * {{ steps }}
            ) as bigint
        ) as {{ parameter }}_{{ point }}
        {{- ',' if not (is_last and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    from cost_settings
    where programme_id is not null
    group by 1, 2, 3, 4

),

programmes_set as (

    select
        settings.incident_id,
        settings.moved_driver_id,
        settings.side,
        outlook.cost_line,
        outlook.incurred_krw,
        {{ moved_value(
            'outlook.estimate_driver_id',
            'outlook.to_come_low_krw',
            'outlook.to_come_base_krw',
            'outlook.to_come_high_krw'
        ) }} as to_come_krw,
        {%- for parameter in parameters %}
        programme_values.{{ parameter }}_set,
        case
            when
                {{ is_listed("'" ~ parameter ~ "'", bounded_list('cost_lines.use_parameters')) }}
                or '{{ parameter }}' = 'unit_cost_krw'
                then programme_values.{{ parameter }}_base
        end as {{ parameter }}_base
        {{- ',' if not loop.last }}
        {%- endfor %}
    from outlook
    inner join cost_lines
        on outlook.cost_line = cost_lines.cost_line
    inner join settings
        on outlook.incident_id = settings.incident_id
    left join programme_values
        on
            settings.incident_id = programme_values.incident_id
            and settings.moved_driver_id = programme_values.moved_driver_id
            and settings.side = programme_values.side
            and outlook.programme_id = programme_values.programme_id

),

-- Take-up, use and the price of a use act on what is still to come, a unit cost on all that is
-- measured in units.
programmes_taken as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        incurred_krw,
        {{ in_proportion('to_come_krw', 'take_up_rate_set', 'take_up_rate_base') }} as to_come_krw,
        utilisation_rate_set,
        utilisation_rate_base,
        redemption_cost_krw_set,
        redemption_cost_krw_base,
        unit_cost_krw_set,
        unit_cost_krw_base
    from programmes_set

),

programmes_used as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        incurred_krw,
        {{ in_proportion('to_come_krw', 'utilisation_rate_set', 'utilisation_rate_base') }}
            as to_come_krw,
        redemption_cost_krw_set,
        redemption_cost_krw_base,
        unit_cost_krw_set,
        unit_cost_krw_base
    from programmes_taken

),

programmes_priced as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        incurred_krw
        + {{ in_proportion('to_come_krw', 'redemption_cost_krw_set', 'redemption_cost_krw_base') }}
            as krw,
        unit_cost_krw_set,
        unit_cost_krw_base
    from programmes_used

),

costs as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        {{ in_proportion('krw', 'unit_cost_krw_set', 'unit_cost_krw_base') }} as krw
    from programmes_priced
    union all
    select
        revenue_forgone.incident_id,
        revenue_forgone.moved_driver_id,
        revenue_forgone.side,
        cost_lines.cost_line,
        revenue_forgone.forgone_krw as krw
    from revenue_forgone
    inner join cost_lines
        on cost_lines.programme_kinds is null

),

final as (

    select
        cast(incident_id as varchar) as incident_id,
        cast(cost_line as varchar) as cost_line,
        cast(moved_driver_id as varchar) as moved_driver_id,
        cast(side as varchar) as side,
        cast(sum(krw) as bigint) as krw
    from costs
    group by 1, 2, 3, 4

)

select * from final
