{% macro pseudonym(kind, identifier) -%}
    {#-
        A keyed pseudonym of a direct identifier: the first 60 bits of SHA-256 over key, kind and
        identifier, as a positive bigint. Keyed because a bare hash of a phone number can be
        enumerated; 60 bits because they join fast and 10^8 identifiers collide with a chance of
        about 0.4 %, which the uniqueness test of the vault would stop.
    -#}
    {{ keyed_hash(kind, identifier) }}
{%- endmacro %}
