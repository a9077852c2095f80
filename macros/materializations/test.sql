{% materialization test, adapter='duckdb' %}
    {#-
        A data test reads, and says how many rows it found: no transaction is begun and ended around it, which dbt's own
        does and which takes longer than most of the tests. Rows that are to be stored are written as dbt does it.
    -#}
    {%- if should_store_failures() -%}
        {{ return(materialization_test_default()) }}
    {%- endif -%}
    {%- call statement('main', fetch_result=True, auto_begin=False) -%}
        {{ get_test_sql(
            get_limit_subquery_sql(sql, config.get('limit')),
            config.get('fail_calc'),
            config.get('warn_if'),
            config.get('error_if'),
            none,
        ) }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{% endmaterialization %}
