{% macro sums_carried_on(columns, sums, rows) -%}
    {#- `rows` maps what stood, came and went to queries of all `columns`. -#}
    select
        {%- for column in columns %}
        {{ 'cast(sum(' ~ column.name ~ ') as ' ~ column.dtype ~ ') as ' ~ column.name if column.name in sums else column.name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from (
        {%- for query in rows.values() %}
        {%- set is_last = loop.last %}
        select
            {%- for column in columns %}
            {{ '-' if is_last and column.name in sums }}{{ column.name }}{{ ' as ' ~ column.name if is_last }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from ({{ query }}) as given
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as parts
    group by
        {%- for column in columns if column.name not in sums %}
        {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    having {% for name in sums %}sum({{ name }}) <> 0{{ ' or ' if not loop.last }}{% endfor %}
{%- endmacro %}
