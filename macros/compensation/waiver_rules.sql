{% macro waiver_rules() -%}
    {#-
        Every rule a policy may name, implemented once. Which rules a version has, in which order, with
        which threshold and which reason code is data (ref_policy_rules).

        threshold_type: how the text in ref_policy_rules is read (`text`, `date`, or `none`).
        fails:          true where the line breaks the rule; never null. Reads the relations
                        `lines` (int_terminated_lines_profiled), `versions` (int_policy_versions_known,
                        the threshold as `<code>_threshold`, a list of
                        codes with bars around it), `paths` (int_policy_path_days) and
                        `victims` (int_incident_victims), the last two possibly without a match.
        observed:       what the rule looked at, as text, for the trace.
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
        },
        {
            'code': 'device_unchanged',
            'threshold_type': 'date',
            'fails': 'coalesce(lines.last_device_change_on between '
                ~ 'versions.device_unchanged_threshold and lines.terminated_on, false)',
            'observed': 'cast(lines.last_device_change_on as string)',
        },
        {
            'code': 'not_recontracted',
            'threshold_type': 'date',
            'fails': 'coalesce(lines.last_recontract_on between '
                ~ 'versions.not_recontracted_threshold and lines.terminated_on, false)',
            'observed': 'cast(lines.last_recontract_on as string)',
        },
        {
            'code': 'not_rejoined',
            'threshold_type': 'date',
            'fails': 'coalesce(lines.rejoined_on <= versions.not_rejoined_threshold, false)',
            'observed': 'cast(lines.rejoined_on as string)',
        },
        {
            'code': 'confirmed_victim',
            'threshold_type': 'text',
            'fails': 'not ' ~ is_confirmed_victim('victims', 'versions.confirmed_victim_threshold'),
            'observed': "case when victims.is_exposed and victims.is_payment_victim then 'exposure|payment' "
                ~ "when victims.is_exposed then 'exposure' when victims.is_payment_victim then 'payment' end",
        },
        {
            'code': 'waiver_not_discount',
            'threshold_type': 'text',
            'fails': is_listed('victims.choice', 'versions.waiver_not_discount_threshold'),
            'observed': 'victims.choice',
        },
    ]) -}}
{%- endmacro %}
