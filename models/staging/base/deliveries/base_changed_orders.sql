{%- set rates = ref("currency_rates") %}
{{ changed_keys("order_id", [
    {
        "landed": ref("base_sales__orders"),
        "judged": "stg_sales__orders",
        "misjudged": "(row_reason = 'currency_without_rate' and currency in (select currency from " ~ rates ~ "))"
        ~ " or (row_status in ('accepted', 'anonymous') and currency not in (select currency from " ~ rates ~ "))",
    },
    {"landed": ref("base_sales__order_lines"), "judged": "stg_sales__order_lines"},
]) }}
