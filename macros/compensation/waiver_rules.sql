{% macro waiver_rules(victims='victims') -%}
    {#-
        Every rule a policy may name, implemented once. Which rules a version has, in which order, with
        which threshold and which reason code is data (ref_policy_rules).

        threshold_type: how the text in ref_policy_rules is read (`text`, `date`, or `none`).
        fails:          true where the line breaks the rule; never null. Reads the relations
                        `lines` (int_terminated_lines_profiled), `versions` (int_policy_versions_known,
                        the threshold as `<code>_threshold`, a list of
                        codes with bars around it), `paths` (int_policy_path_days) and
                        `victims` (int_incident_victims; or the name given for it), the last two possibly
                        without a match.
        observed:       what the rule looked at, as text, for the trace.
        asked_day:      where the threshold is a day, the column of `lines` that is held against it.
        day_as_asked:   a day that every version takes for that of the line, from `lines_profiled` and
                        `thresholds` (the first and the last of all versions): many lines have the same.
        asks_of_service: true where the rule can be asked of a line that is still in service.
    -#}
    {{- return([
        {
            'code': 'termination_not_forced',
            'threshold_type': 'text',
            'fails': is_listed('lines.termination_kind', 'versions.termination_not_forced_threshold'),
            'observed': 'lines.termination_kind',
        },
        {
            'code': 'line_kind_covered',
            'threshold_type': 'text',
            'fails': 'not ' ~ is_listed('lines.line_kind', 'versions.line_kind_covered_threshold'),
            'observed': 'lines.line_kind',
            'asks_of_service': true,
        },
        {
            'code': 'own_brand_line',
            'threshold_type': 'none',
            'fails': 'not lines.is_own_brand',
            'observed': 'lines.network_brand',
            'asks_of_service': true,
        },
        {
            'code': 'terminated_in_window',
            'threshold_type': 'none',
            'fails': 'paths.path is null',
            'observed': 'cast(lines.terminated_on as string)',
        },
        {
            'code': 'in_service_at_base_date',
            'threshold_type': 'date',
            'fails': 'lines.activated_on > versions.in_service_at_base_date_threshold',
            'observed': 'cast(lines.activated_on as string)',
            'asked_day': 'activated_on',
            'day_as_asked': 'case when lines_profiled.activated_on > thresholds.in_service_at_base_date_first then '
                ~ 'least(lines_profiled.activated_on, '
                ~ 'cast(thresholds.in_service_at_base_date_last + interval 1 day as date)) end',
        },
        {
            'code': 'device_unchanged',
            'threshold_type': 'date',
            'fails': 'coalesce(lines.last_device_change_on between '
                ~ 'versions.device_unchanged_threshold and lines.terminated_on, false)',
            'observed': 'cast(lines.last_device_change_on as string)',
            'asked_day': 'last_device_change_on',
            'day_as_asked': 'case when lines_profiled.last_device_change_on between thresholds.device_unchanged_first '
                ~ 'and lines_profiled.terminated_on then '
                ~ 'least(lines_profiled.last_device_change_on, thresholds.device_unchanged_last) end',
        },
        {
            'code': 'not_recontracted',
            'threshold_type': 'date',
            'fails': 'coalesce(lines.last_recontract_on between '
                ~ 'versions.not_recontracted_threshold and lines.terminated_on, false)',
            'observed': 'cast(lines.last_recontract_on as string)',
            'asked_day': 'last_recontract_on',
            'day_as_asked': 'case when lines_profiled.last_recontract_on between thresholds.not_recontracted_first '
                ~ 'and lines_profiled.terminated_on then '
                ~ 'least(lines_profiled.last_recontract_on, thresholds.not_recontracted_last) end',
        },
        {
            'code': 'not_rejoined',
            'threshold_type': 'date',
            'fails': 'coalesce(lines.rejoined_on <= versions.not_rejoined_threshold, false)',
            'observed': 'cast(lines.rejoined_on as string)',
            'asked_day': 'rejoined_on',
            'day_as_asked': 'case when lines_profiled.rejoined_on <= thresholds.not_rejoined_last then '
                ~ 'greatest(lines_profiled.rejoined_on, thresholds.not_rejoined_first) end',
        },
        {
            'code': 'confirmed_victim',
            'threshold_type': 'text',
            'fails': 'not ' ~ is_confirmed_victim(victims, 'versions.confirmed_victim_threshold'),
            'observed': "case when victims.is_exposed and victims.is_payment_victim then 'exposure|payment' "
                ~ "when victims.is_exposed then 'exposure' when victims.is_payment_victim then 'payment' end",
        },
        {
            'code': 'waiver_not_discount',
            'threshold_type': 'text',
            'fails': is_listed(victims ~ '.choice', 'versions.waiver_not_discount_threshold'),
            'observed': 'victims.choice',
        },
    ]) -}}
{%- endmacro %}
