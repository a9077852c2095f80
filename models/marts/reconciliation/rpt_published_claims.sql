-- Grain: one row per (claim_id, basis).
-- What was said in public against what the deliveries hold, on every basis a claim can be read on.

with readings as (

    select * from {{ ref('int_claim_readings') }}

),

measured as (

    select * from {{ ref('fct_claim_measurements') }}

),

scaled as (

    select
        readings.claim_id,
        readings.basis,
        readings.comparator,
        readings.published_value,
        readings.published_text,
        measured.computed_value,
        measured.computed_text,
        measured.claim_id is not null as is_measured,
        measured.missing_reason,
        case
            when measured.is_extensive
                then cast(measured.computed_value / readings.sample_rate as decimal(24, 6))
            else measured.computed_value
        end as scaled_value,
        -- An exact count is rounded to nothing; any other figure to half of its smallest step, and
        -- what is only about so much to a whole step.
        case
            when readings.comparator not in ('=', '~') then 0
            when readings.comparator = '~' then coalesce(readings.rounding_unit, 0)
            when readings.rounding_unit = 1 then 0
            else coalesce(readings.rounding_unit, 0) / 2
        end as rounding_tolerance,
        case
            when readings.sample_rate >= 1 then 0
            when measured.is_extensive then measured.sampling_allowance / readings.sample_rate
            else measured.sampling_allowance
        end as sampling_tolerance
    from readings
    left join measured
        on
            readings.claim_id = measured.claim_id
            and readings.basis = measured.basis

),

compared as (

    select
        claim_id,
        basis,
        computed_value,
        computed_text,
        is_measured,
        missing_reason,
        scaled_value,
        scaled_value - published_value as difference,
        case
            when scaled_value is not null and published_value is not null
                then rounding_tolerance + sampling_tolerance
        end as tolerance,
        case
            when published_value is null then computed_text = published_text
            when comparator in ('=', '~')
                then abs(scaled_value - published_value) <= rounding_tolerance + sampling_tolerance
            when comparator = '>' then scaled_value + sampling_tolerance > published_value
            when comparator = '>=' then scaled_value + sampling_tolerance >= published_value
            when comparator = '<' then scaled_value - sampling_tolerance < published_value
            when comparator = '<=' then scaled_value - sampling_tolerance <= published_value
        end as is_borne_out
    from scaled

),

readings_of_claim as (

    select
        claim_id,
        count(*) as readings,
        count(*) filter (where is_borne_out) as readings_borne_out
    from compared
    group by 1

),

judged as (

    select
        readings.claim_id,
        readings.basis,
        case
            when readings.metric is null then 'out_of_scope'
            when compared.is_borne_out is null then 'not_measurable'
            when not compared.is_borne_out then 'contradicts'
            when readings_of_claim.readings_borne_out < readings_of_claim.readings
                then 'agrees_only_on_basis'
            else 'agrees'
        end as verdict,
        case
            when readings.metric is null then 'The statement holds no figure'
            when compared.is_borne_out is null and readings.basis = 'unstated'
                then 'The basis is unstated and no reading of it is listed'
            when compared.is_borne_out is null and not compared.is_measured
                then 'No measure is defined for the metric'
            when compared.is_borne_out is null
                then coalesce(compared.missing_reason, 'The deliveries hold no figure of this kind')
            when not compared.is_borne_out and readings_of_claim.readings_borne_out = 0
                then 'Not borne out on any basis'
            when not compared.is_borne_out
                then
                    'Not borne out on this basis, but on another. '
                    || coalesce(readings.reading_reason, '')
            when readings_of_claim.readings_borne_out < readings_of_claim.readings
                then 'Borne out on this basis only. ' || coalesce(readings.reading_reason, '')
            else 'Borne out within the tolerance'
        end as verdict_reason
    from readings
    inner join compared
        on
            readings.claim_id = compared.claim_id
            and readings.basis = compared.basis
    inner join readings_of_claim
        on readings.claim_id = readings_of_claim.claim_id

),

final as (

    select
        cast(readings.claim_id as string) as claim_id,
        cast(readings.basis as string) as basis,
        cast(readings.statement as string) as statement,
        cast(readings.document_id as string) as document_id,
        cast(readings.kind as string) as kind,
        cast(readings.metric as string) as metric,
        cast(readings.comparator as string) as comparator,
        cast(readings.unit as string) as unit,
        cast(readings.period_from as date) as period_from,
        cast(readings.period_to as date) as period_to,
        cast(readings.published_on as date) as published_on,
        cast(readings.is_published_by_as_of as boolean) as is_published_by_as_of,
        cast(readings.published_value as decimal(24, 6)) as published_value,
        cast(compared.computed_value as decimal(24, 6)) as computed_value,
        cast(compared.scaled_value as decimal(24, 6)) as scaled_value,
        cast(readings.published_text as string) as published_text,
        cast(compared.computed_text as string) as computed_text,
        cast(compared.difference as decimal(24, 6)) as difference,
        cast(compared.tolerance as decimal(24, 6)) as tolerance,
        cast(judged.verdict as string) as verdict,
        cast(judged.verdict_reason as string) as verdict_reason,
        cast(readings.as_of_date as date) as as_of_date
    from readings
    inner join compared
        on
            readings.claim_id = compared.claim_id
            and readings.basis = compared.basis
    inner join judged
        on
            readings.claim_id = judged.claim_id
            and readings.basis = judged.basis

)

select * from final
