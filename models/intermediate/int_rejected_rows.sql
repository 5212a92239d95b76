with

{% for staged in staged_tables() %}
{{ staged.source }}_{{ staged.table }} as (
    select
        '{{ staged.source }}' as source_name,
        '{{ staged.table }}' as table_name,
        {{ row_key(staged.key) }} as row_key,
        row_reason_column as column_name,
        row_reason as reason,
        _delivery as delivery,
        _version as delivery_version,
        coalesce(_raw, {{ row_as_json("staged", ref("stg_" ~ staged.source ~ "__" ~ staged.table)) }}) as row_json
    from {{ ref("stg_" ~ staged.source ~ "__" ~ staged.table) }} as staged -- noqa: AL05
    where row_status = 'rejected'
),

{% endfor %}
final as (
    {% for staged in staged_tables() %}
    select * from {{ staged.source }}_{{ staged.table }}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select * from final
