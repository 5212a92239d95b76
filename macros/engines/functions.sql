{#- Functions that an engine lacks, created before a run. Nothing by default: DuckDB has what the models need. -#}
{% macro create_functions() -%}
    {{ return(adapter.dispatch("create_functions")()) }}
{%- endmacro %}

{% macro default__create_functions() -%}
{%- endmacro %}

{#-
    PostgreSQL 15 has no cast that gives null where it fails, and a pattern alone lets 2026-02-30 through. Each function takes what
    DuckDB takes: a pattern first, since PostgreSQL also reads `now`, `Jan 1` and the like, then the cast itself.
-#}
{% macro postgres__create_functions() -%}
    create schema if not exists {{ target.schema }};

    create or replace function {{ target.schema }}.date_or_null(delivered text) returns date
    language plpgsql stable strict as $function$
    declare
        parts text[] := regexp_match(delivered, '^([0-9]{1,6})([-/ \\])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])');
    begin
        return make_date(parts[1]::integer, parts[3]::integer, parts[4]::integer);
    exception when others then
        return null;
    end
    $function$;

    create or replace function {{ target.schema }}.timestamp_or_null(delivered text) returns timestamp
    language plpgsql stable strict as $function$
    declare
        parts text[] := regexp_match(
            delivered,
            '^([0-9]{1,6})([-/ \\])([0-9]{1,2})\2([0-9]{1,2})'
            '(?:[T ] *([0-9]{1,2}:[0-9]{1,2})(?:(:[0-5]?[0-9])(?:(\.[0-9]{0,6})[0-9]*)?'
            '(?:Z| ([A-Za-z][A-Za-z0-9_/+-]+)|([-+][0-9]{2})(?::?([0-9]{2})(?::([0-9]{2}))?)?)?)?)?$'
        );
        moment timestamp;
    begin
        moment := make_date(parts[1]::integer, parts[3]::integer, parts[4]::integer)
            + (coalesce(parts[5], '0:0') || coalesce(parts[6], ':0') || coalesce(nullif(parts[7], '.'), ''))::time;
        if parts[8] is not null then
            return (moment at time zone parts[8]) at time zone 'UTC';
        end if;
        return moment - (coalesce(parts[9], '+00') || ':' || coalesce(parts[10], '00') || ':' || coalesce(parts[11], '00'))::interval;
    exception when others then
        return null;
    end
    $function$;

    create or replace function {{ target.schema }}.number_or_null(delivered text) returns numeric
    language plpgsql stable strict as $function$
    begin
        if delivered !~ '^ *[-+]?([0-9]+(_[0-9]+)*)?(\.[0-9]*)?([eE][-+]?[0-9]{1,3})? *$' then
            return null;
        end if;
        return replace(delivered, '_', '')::numeric;
    exception when others then
        return null;
    end
    $function$;

    create or replace function {{ target.schema }}.decimal_or_null(delivered text, scale integer) returns numeric
    language sql stable strict as $function$
        select case when abs(rounded.number) < power(10::numeric, 18 - scale) then rounded.number end
        from (select round({{ target.schema }}.number_or_null(delivered), scale) as number) as rounded
    $function$;

    create or replace function {{ target.schema }}.integer_or_null(delivered text) returns bigint
    language sql stable strict as $function$
        select case
            when rounded.number = trunc(rounded.number) and rounded.number between -9223372036854775808 and 9223372036854775807
                then rounded.number::bigint
        end
        from (select round({{ target.schema }}.number_or_null(delivered), 6) as number) as rounded
    $function$;

    create or replace function {{ target.schema }}.reversed_md5(content text) returns text
    language sql immutable strict as $function$
        select string_agg(substr(digest.digits, 33 - 2 * place, 2), '' order by place)
        from (select md5(content) as digits) as digest
        cross join generate_series(1, 8) as place
    $function$;

    create or replace function {{ target.schema }}.comparable(cell anyelement) returns text
    language sql immutable strict as $function$
        select case
            when pg_typeof(cell) = 'numeric'::regtype then trim_scale(cell::text::numeric)::text else cell::text
        end
    $function$;

    create or replace function {{ target.schema }}.boolean_or_null(delivered text) returns boolean
    language sql immutable strict as $function$
        select case
            when lower(delivered) in ('true', 't', 'yes', 'y', '1') then true
            when lower(delivered) in ('false', 'f', 'no', 'n', '0') then false
        end
    $function$
{%- endmacro %}
