{% macro claim_status(claims, versions) -%}
    {#- In which state is a claim by the deadline of a policy version? Of `claims` it reads claimed_at,
        payee_is_owner and obstacle_ended_on, of `versions` claim_closes_at and obstacle_days. -#}
    case
        when not {{ claims }}.payee_is_owner then 'wrong_account'
        when
            {{ versions }}.claim_closes_at is null
            or {{ claims }}.claimed_at <= {{ versions }}.claim_closes_at
            then 'in_time'
        when
            {{ dbt.datediff(claims ~ '.obstacle_ended_on', claims ~ '.claimed_at', 'day') }}
            <= {{ versions }}.obstacle_days
            then 'excused_by_obstacle'
        else 'late'
    end
{%- endmacro %}
