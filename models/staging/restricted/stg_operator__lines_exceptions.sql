{{ config(materialized='keyed', unique_key='natural_id', meta={'entity': 'lines'}) }}

with

delivered as (
    {{ delivered_rows('lines') }}
),

code_lists as (
    select * from {{ ref('ref_code_lists') }}
),

all_carriers as (
    select * from {{ ref('ref_carriers') }}
),

plans as (
    select * from {{ ref('ref_plans') }}
),

all_imsi_prefixes as (
    select * from {{ ref('ref_imsi_prefixes') }}
),

customers as (
    select * from {{ ref('stg_operator__customer_vault') }}
    {{ in_scope('customer_id') }}
),

operators as (
    select carrier_code from all_carriers where is_operator
),

-- Which brands run on the operator's network, its own included?
brands as (
    select all_carriers.carrier_code
    from all_carriers
    inner join operators on all_carriers.host_carrier = operators.carrier_code
),

carriers as (
    select carrier_code from all_carriers
),

imsi_prefixes as (
    select all_imsi_prefixes.prefix
    from all_imsi_prefixes
    inner join operators on all_imsi_prefixes.carrier_code = operators.carrier_code
),

resolved as (
    select
        {{ delivered_columns('lines', 'delivered') }}
        {{ as_whole_number('delivered.imei') }} as imei_number,
        customers.customer_id is null as is_customer_unknown
    from delivered
    left join customers on delivered.customer_id = customers.customer_id
),

checked as (
    select
        {{ delivered_columns('lines', 'resolved') }}
        {{ first_reason({
            'missing_key': absent(['line_id', 'customer_id']),
            'invalid_date': unreadable_dates(
                ['suspended_on', 'last_device_change_on', 'last_recontract_on']
            ),
            'invalid_timestamp': unreadable_timestamps(['activated_at', 'terminated_at'])
                + absent(['activated_at']),
            'impossible_date': not_yet_happened([
                'activated_at', 'suspended_on', 'last_device_change_on', 'last_recontract_on',
                'terminated_at',
            ]) + ends_before_it_starts('activated_at', 'terminated_at'),
            'unknown_code': not_in_code_list({
                'line_kind': 'line_kind',
                'activation_kind': 'activation_kind',
                'termination_kind': 'termination_kind',
            }) + absent(['line_kind', 'activation_kind']),
            'unknown_carrier': not_a_carrier(['donor_carrier'])
                + absent(['network_brand'])
                + ['network_brand not in (select carrier_code from brands)'],
            'unknown_plan': absent(['plan_code'])
                + ['plan_code not in (select plan_code from plans)'],
            'orphan_customer': ['is_customer_unknown'],
            'wrong_check_digit': [is_wrong_imei('imei', 'imei_number')],
            'wrong_imsi_prefix': [is_wrong_imsi('imsi')],
            'wrong_msisdn': [is_wrong_msisdn('msisdn')],
        }) }} as reason_code
    from resolved
),

{{ row_exceptions('lines') }}

select * from final
