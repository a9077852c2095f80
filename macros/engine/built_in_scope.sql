{#-
    The rows that a batch built, by model. A batch that touches a hundredth of all lines would look for their rows
    in every table that it reads; the model that built them has just had them in hand. The scope is closed, so
    whatever a reader asks for by the keys in scope is among the rows that were built for the keys in scope.

    They are there only if this batch built the model: finding the scope (orchestration/scope.py) drops those of the batch before.
    Where they are not, the table itself is read.
-#}

{% macro built_in_scope(relation) -%}
    scope.built_{{ relation.identifier }}
{%- endmacro %}


{% macro stood_in_scope(relation) -%}
    {#- The rows of the keys in scope as the batch before left them: what a sum (macros/materializations/counted.sql) has
        to forget. Kept of the models that a sum reads. -#}
    scope.stood_{{ relation.identifier }}
{%- endmacro %}


{% macro is_counted(node) -%}
    {#- Whether a sum that is carried on reads the model, itself or through views. -#}
    {%- for reader in graph.nodes.values() if reader.resource_type == 'model' and node.unique_id in reader.depends_on.nodes -%}
        {%- if reader.config.materialized == 'counted'
            or (reader.config.materialized == 'view' and is_counted(reader)) -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}


{% macro has_room_for_built(relation) -%}
    {#- No transaction writes to two files: of the marts nothing is kept aside. -#}
    {{ return(relation.database == target.database) }}
{%- endmacro %}


{% macro tables_built() -%}
    {#- Names of what stands in the schema `scope`. Spark keeps nothing aside. -#}
    {{ return(adapter.dispatch('tables_built', 'aftermath')()) }}
{%- endmacro %}

{% macro default__tables_built() -%}
    {{ return(run_query(
        "select table_name from information_schema.tables where table_schema = 'scope'"
    ).columns[0].values()) }}
{%- endmacro %}

{% macro spark__tables_built() -%}
    {{ return([]) }}
{%- endmacro %}


{% macro imports_in_scope(sql, is_asked=true, rows='built') -%}
    {#- The SQL of the node at hand; imports of models that this batch built read what it built, or with `rows` what
        `stood` before. With `is_asked` only imports that ask for keys in scope, otherwise all. -#}
    {%- set standing = tables_built() -%}
    {%- set built = {} -%}
    {%- for unique_id in model.depends_on.nodes if unique_id in graph.nodes -%}
        {%- set node = graph.nodes[unique_id] -%}
        {%- if rows ~ '_' ~ node.alias in standing -%}
            {%- do built.update({node.relation_name: 'scope.' ~ rows ~ '_' ~ node.alias}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(imports_of_built(sql, built, is_asked)) }}
{%- endmacro %}


{% macro imports_of_built(sql, built, is_asked) -%}
    {#- `built` maps relations, quoted as the SQL has them, to what was built of them. -#}
    {%- set taken = namespace(sql=sql) -%}
    {%- set asked = '(?=\\s+where (\\w+ is null or )?\\w+ in \\(\\s*/[*] keys in scope [*]/)' if is_asked else '' -%}
    {%- for relation, rows in built.items() -%}
        {%- set taken.sql = modules.re.sub(modules.re.escape(relation) ~ asked, rows, taken.sql) -%}
    {%- endfor -%}
    {{ return(taken.sql) }}
{%- endmacro %}
