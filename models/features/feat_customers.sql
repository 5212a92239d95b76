{#- Each family of features has a row per person and date of the spine; the contract of the mart lists the columns. -#}
{%- set families = [
    "feat_purchase_gaps", "feat_baskets", "feat_touches", "feat_interactions", "feat_feedback", "feat_payments",
    "feat_leads", "feat_profiles",
] -%}
with

feat_purchases as (
    select * from {{ ref("feat_purchases") }}
),

{% for family in families %}
{{ family }} as (
    select * from {{ ref(family) }}
),

{% endfor %}
final as (
    -- noqa: disable=RF02
    select *
    from feat_purchases
    {% for family in families %}
    left join {{ family }} using (customer_id, as_of_date)
    {% endfor %}
)

select * from final
