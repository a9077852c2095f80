{% macro raw_parents(entity) -%}
    {#- Columns of an entity that name a row of another one, without which its rows are orphans. -#}
    {%- set parents = {
        'lines': {'customer_id': 'customers'},
        'contracts': {'line_id': 'lines'},
        'bill_items': {'line_id': 'lines', 'contract_id': 'contracts'},
        'port_requests': {'line_id': 'lines'},
        'micropayments': {'line_id': 'lines', 'access_point_id': 'access_points'},
        'incident_events': {'incident_id': 'incidents'},
        'exposed_identifiers': {
            'line_id': 'lines', 'incident_id': 'incidents', 'access_point_id': 'access_points',
        },
        'disputed_payments': {'payment_id': 'micropayments', 'incident_id': 'incidents'},
        'access_attempts_daily': {'access_point_id': 'access_points'},
        'waiver_claims': {'line_id': 'lines'},
        'refund_payments': {'claim_id': 'waiver_claims'},
        'loss_refunds': {'payment_id': 'micropayments'},
        'benefit_choices': {'line_id': 'lines', 'incident_id': 'incidents'},
        'data_usage_monthly': {'line_id': 'lines'},
        'benefit_redemptions': {'line_id': 'lines'},
        'insurance_enrolments': {'customer_id': 'customers'},
        'insurance_claims': {'enrolment_id': 'insurance_enrolments'},
    } -%}
    {{ return(parents.get(entity, {})) }}
{%- endmacro %}


{% macro entities_by_rank() -%}
    {#- Every entity after those that its rows belong to. -#}
    {%- set ordered = [] -%}
    {%- for has_parents in (false, true) -%}
        {%- for entity in raw_entities() if (raw_parents(entity) != {}) == has_parents -%}
            {%- do ordered.append(entity) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(ordered) }}
{%- endmacro %}


{% macro parent_entities() -%}
    {#- The entities that rows of others belong to. -#}
    {%- set found = [] -%}
    {%- for entity in raw_entities() -%}
        {%- for parent in raw_parents(entity).values() if parent not in found -%}
            {%- do found.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{% macro raw_children(parent) -%}
    {#- The entities whose rows belong to a row of this one, each with the column that names it. -#}
    {%- set found = [] -%}
    {%- for entity in raw_entities() -%}
        {%- for column, named in raw_parents(entity).items() if named == parent -%}
            {%- do found.append((entity, column)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
