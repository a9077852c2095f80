{% materialization counted, adapter='spark' %}
    {#- Spark keeps no rows aside to forget: all is counted anew. -#}
    {{ return(materialization_table_spark()) }}
{% endmaterialization %}
