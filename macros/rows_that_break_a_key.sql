{% macro rows_that_break_a_key(relation, columns, keys_of, keys, parts, is_large) -%}
    {#- What holds the keys of something that is tested, as many and adding up to the same, holds
        none twice and is not grouped. `keys_of` names a relation whose key is tested, where this
        table should hold the same keys; `keys` are its columns where they have other names. `parts`
        are columns of the key with few values: each part of the table is held against that relation
        by the other columns of the key, and against the other parts, of which one is grouped.
        Where nothing else has the same keys they are grouped: what is told are rows that break the
        key, in all parts or in one that others are equal to.

        Of a table that `is_large`, and has nothing to be held against, fingerprints of the keys are
        ordered first, by as many of their bits as are ordered quickly: only keys whose bits equal
        those before them are grouped, and empty ones, of which the fingerprint is 0. -#}
    {%- set is_held = keys_of is not none or parts | length > 0 %}
    {%- set is_ordered = is_large and not is_held and orders_quicker_than_groups() %}
    {%- set is_shortened = (is_held or is_ordered) and table_kept_of_test() is none %}
    {%- set asked = parts | join(', ') or '1' %}
    {%- set fingerprint = 'case when ' ~ columns | join(' is null or ') ~ ' is null then 0 else '
        ~ key_hash(columns) ~ ' end' %}
    {%- if is_shortened and is_ordered %}
    with fingerprints as (
        select {{ fingerprint }} as fingerprint
        from {{ relation }}
    ),

    bits as (
        select
            {{ high_bits('fingerprint') }} as high_bits,
            {{ low_bits('fingerprint') }} as low_bits
        from fingerprints
    ),

    neighbours as (
        select
            high_bits,
            low_bits,
            lag(high_bits) over (order by high_bits asc, low_bits asc) as high_before,
            lag(low_bits) over (order by high_bits asc, low_bits asc) as low_before
        from bits
    ),

    to_group as (
        select high_bits, low_bits
        from neighbours
        where
            (high_bits = 0 and low_bits = 0)
            or (high_bits = high_before and low_bits = low_before)
    )
    {% elif is_shortened %}
    {%- set others = columns | reject('in', parts) | list %}
    with digests as (
        {{ digest_of_keys(relation, others, parts) }}
    ),

    in_turn as (
        select
            *,
            row_number() over (
                partition by digest
                order by {{ parts | join(', ') or 'digest' }}
            ) as turn
        from digests
    ),

    to_group as (
        select *
        from in_turn
        where
            turn = 1
            {%- if keys_of is not none %}
            and digest not in (
                select digest from ({{ digest_of_keys(keys_of, keys or others) }}) as tested
            )
            {%- endif %}
    )
    {% endif %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ relation }}
    {%- if is_shortened and is_ordered %}
    where
        ({{ high_bits(fingerprint) }}, {{ low_bits(fingerprint) }})
        in (select high_bits, low_bits from to_group)
    {%- elif is_shortened %}
    where ({{ asked }}) in (select {{ asked }} from to_group)
    {%- endif %}
    group by {{ range(1, columns | length + 1) | join(', ') }}
    having
        count(*) > 1
        or {{ columns | join(' is null or ') }} is null
    {%- if is_shortened and parts %}
    union all
    select
        {%- for column in columns %}
        {{ column if column in parts else 'null as ' ~ column }},
        {%- endfor %}
        row_count
    from digests
    where {{ parts | join(' is null or ') }} is null
    {%- endif %}
{%- endmacro %}
