{#-
    What the engines do differently around the models: several statements in turn, what the session has to hold
    before the first model, where a relation stands.
-#}

{% macro in_turn(statements) -%}
    {#- Statements one after the other, as the text of a hook or run at once where an engine takes one at a time. -#}
    {{ return(adapter.dispatch('in_turn', 'aftermath')(statements)) }}
{%- endmacro %}

{% macro default__in_turn(statements) -%}
    {{ return(statements | join(';\n')) }}
{%- endmacro %}

{% macro spark__in_turn(statements) -%}
    {#- A command that only compiles renders the hooks as well, without a connection. -#}
    {%- if execute and flags.WHICH in ['build', 'run', 'seed', 'test', 'snapshot', 'retry'] -%}
        {%- for statement in statements -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}


{% macro give_key_to_session() -%}
    {#- The key of the pseudonyms for the session that builds. DuckDB gets it from a plugin
        (orchestration/pseudonym_key.py). -#}
    {{ return(adapter.dispatch('give_key_to_session', 'aftermath')()) }}
{%- endmacro %}

{% macro default__give_key_to_session() -%}
    {{ return('') }}
{%- endmacro %}

{% macro spark__give_key_to_session() -%}
    {#- Spark puts the setting in its place while it reads the statement, so the key is in no text that dbt writes down;
        and it prints no values of a local relation, so it is in no plan either. Two ways lead to pseudonyms made with a word
        that is known to all, so what the session holds is looked at: of a setting whose name or value holds the
        word `secret`, as that of the demo does, Spark hands out stars (it comes written backwards), and a session that keeps the text of a view instead of what was read
        (spark.sql.legacy.storeAnalyzedPlanForView) reads it again without the setting. -#}
    {%- do in_turn([
        "create or replace temporary view pseudonym_key as "
        ~ "select reverse(given.value) as value from values ('${spark.aftermath.pseudonyms}') as given (value)"
    ]) -%}
    {%- if execute and flags.WHICH in ['build', 'run', 'seed', 'test', 'snapshot', 'retry'] -%}
        {%- set without = run_query("select value from pseudonym_key where value like '$_spark.%' or value like '%(redacted)' or value = ''") -%}
        {%- if without.rows -%}
            {{ exceptions.raise_compiler_error('The session does not hold the key of the pseudonyms: see profiles.yml') }}
        {%- endif -%}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}


{% macro spark__list_relations_without_caching(relation) -%}
    {#- Tables and views of a schema, in the form that dbt-spark reads. Its own way asks an Iceberg catalog first for
        what such a one cannot tell, then describes each table in a statement of its own, sees no view, and fails
        where the schema does not stand yet. -#}
    {%- set found = [] -%}
    {%- if run_query("show databases like '" ~ relation.schema ~ "'").rows -%}
        {%- for row in run_query('show views in ' ~ relation.schema).rows if not row[2] -%}
            {%- do found.append((relation.schema, row[1], false, 'Type: VIEW')) -%}
        {%- endfor -%}
        {%- set views = found | map(attribute=1) | list -%}
        {%- for row in run_query('show tables in ' ~ relation.schema).rows if not row[2] and row[1] not in views -%}
            {%- do found.append((relation.schema, row[1], false, 'Provider: iceberg')) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
