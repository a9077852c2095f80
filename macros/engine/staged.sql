{#-
    Steps of a statement that are worked out once. Spark writes a CTE into each place that reads it; where such a place is itself
    read many times, and so on, the statement grows beyond any plan. DuckDB works a CTE out once by itself.
-#}

{% macro worked_out_once(name, query) -%}
    {#- The query of the CTE `name`, to be put between its brackets. -#}
    {{ return(adapter.dispatch('worked_out_once', 'aftermath')(name, query)) }}
{%- endmacro %}

{% macro default__worked_out_once(name, query) -%}
    {{ return(query) }}
{%- endmacro %}

{% macro spark__worked_out_once(name, query) -%}
    {{ return('/* step ' ~ name ~ ' */ ' ~ query ~ ' /* end of step */') }}
{%- endmacro %}


{% macro in_steps(code) -%}
    {#- A statement of which the marked steps have been written to tables of their own, each from all that stands
        before it; the table of a step is that of the statement's own name, so that no two models share one. -#}
    {%- set work = namespace(code=code) -%}
    {%- for name in modules.re.findall('/[*] step (\\w+) [*]/', code) -%}
        {%- set step = 'steps.' ~ this.identifier ~ '__' ~ name -%}
        {%- set before, rest = work.code.split('/* step ' ~ name ~ ' */', 1) -%}
        {%- set query, after = rest.split('/* end of step */', 1) -%}
        {#- What stands before ends with a comma, remarks and the name of the step. -#}
        {%- set known = before.rpartition(name ~ ' as (')[0] -%}
        {%- set known = modules.re.sub('--[^\n]*', '', known).rstrip().rstrip(',') -%}
        {%- do run_query('create schema if not exists steps') -%}
        {%- do run_query(
            'create or replace table ' ~ step ~ ' using iceberg as\n' ~ known
            ~ '\nselect * from (' ~ query ~ ') as step'
        ) -%}
        {%- set work.code = before ~ 'select * from ' ~ step ~ after -%}
    {%- endfor -%}
    {{ return(work.code) }}
{%- endmacro %}


{% macro forget_steps(code) -%}
    {#- Drop the tables of the steps. -#}
    {%- for name in modules.re.findall('/[*] step (\\w+) [*]/', code) -%}
        {%- do run_query('drop table if exists steps.' ~ this.identifier ~ '__' ~ name ~ ' purge') -%}
    {%- endfor -%}
{%- endmacro %}
