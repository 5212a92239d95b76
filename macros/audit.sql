{#- Staging models with the key and the person of their table, for audits that go through all of them. -#}
{% macro staged_tables() -%}
    {{ return([
        {"source": "crm", "table": "customers", "key": ["customer_id", "updated_at"]},
        {"source": "crm", "table": "interactions", "key": ["interaction_id"]},
        {"source": "crm", "table": "feedback", "key": ["feedback_id"]},
        {"source": "crm", "table": "leads", "key": ["lead_id"]},
        {"source": "crm", "table": "customer_attributes", "key": ["customer_id", "attribute", "updated_at"]},
        {"source": "crm", "table": "identity_links", "key": ["customer_id", "other_customer_id", "decided_at"]},
        {"source": "marketing", "table": "campaigns", "key": ["campaign_id"]},
        {"source": "marketing", "table": "touches", "key": ["touch_id"]},
        {"source": "marketing", "table": "responses", "key": ["response_id"]},
        {"source": "sales", "table": "orders", "key": ["order_id"]},
        {"source": "sales", "table": "order_lines", "key": ["order_id", "line_number"]},
        {"source": "sales", "table": "products", "key": ["product_id"]},
        {"source": "sales", "table": "offers", "key": ["offer_id"]},
        {"source": "sales", "table": "offer_products", "key": ["offer_id", "product_id", "category"]},
        {"source": "finance", "table": "invoices", "key": ["invoice_id"]},
        {"source": "finance", "table": "loans", "key": ["loan_id"]},
        {"source": "outcomes", "table": "events", "key": ["event_id"]},
    ]) }}
{%- endmacro %}

{#- Key of a raw row in one text. -#}
{% macro row_key(key) -%}
    concat_ws('|'{% for column in key %}, coalesce({{ cell_as_text(column) }}, ''){% endfor %})
{%- endmacro %}

{#-
    A whole row as JSON text.

    alias     name of the row in the query
    relation  what it is a row of, for engines that need to be told the columns
-#}
{% macro row_as_json(alias, relation) -%}
    {{ return(adapter.dispatch("row_as_json")(alias, relation)) }}
{%- endmacro %}

{% macro default__row_as_json(alias, relation) -%}
    cast(to_json({{ alias }}) as varchar)
{%- endmacro %}
