-- Grain: one row per (incident, cost line, moved driver, side).
-- What each cost line comes to with every driver at its base (moved driver `none`), with all at one end
-- (`all`), and with one alone at its low or high end. Add up cost lines within one setting only.

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

-- From where to where does a setting move what the cost of a programme is made of? As whole numbers: unit
-- costs in tenths of a won, shares in hundredths of a percent.
programme_values as (

    select
        incident_id,
        moved_driver_id,
        side,
        programme_id,
        {%- for point in ['base', 'set'] %}
        cast(
            round(max(case when parameter = 'unit_cost_krw' then {{ point }}_value end) * 10) as bigint
        ) as unit_cost_{{ point }},
        {%- for parameter in ['take_up', 'utilisation'] %}
        cast(
            round(
                max(case when parameter = '{{ parameter }}_rate' then {{ point }}_value end) * 10000
            ) as bigint
        ) as {{ parameter }}_{{ point }}
        {{- ',' if not (loop.last and point == 'set') }}
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
        {%- for parameter in ['take_up', 'utilisation'] %}
        case
            when {{ is_listed("'" ~ parameter ~ "_rate'", bounded_list('cost_lines.use_parameters')) }}
                then programme_values.{{ parameter }}_base
        end as {{ parameter }}_base,
        programme_values.{{ parameter }}_set,
        {%- endfor %}
        programme_values.unit_cost_base,
        programme_values.unit_cost_set
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

-- Take-up and use act on what is still to come, a unit cost on all that is measured in units.
programmes_taken as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        incurred_krw,
        {{ in_proportion('to_come_krw', 'take_up_set', 'take_up_base') }} as to_come_krw,
        utilisation_set,
        utilisation_base,
        unit_cost_set,
        unit_cost_base
    from programmes_set

),

programmes_used as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        incurred_krw
        + {{ in_proportion('to_come_krw', 'utilisation_set', 'utilisation_base') }} as krw,
        unit_cost_set,
        unit_cost_base
    from programmes_taken

),

costs as (

    select
        incident_id,
        moved_driver_id,
        side,
        cost_line,
        {{ in_proportion('krw', 'unit_cost_set', 'unit_cost_base') }} as krw
    from programmes_used
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
