/*
    A row is a feature of a card that nobody can compute or put into words: its name must be in
    feature_catalogue (or begin with attribute_, for an own CRM field), and in reason_texts; features of offers and of
    campaigns are for scores of their grain, own CRM fields for scores of people. Correct the name, or add the row.
*/
{%- set pairs = {"offer": ref("feat_offers"), "campaign": ref("feat_campaigns")} %}
with

card_features as (
    select distinct
        score_name,
        feature
    from {{ ref("score_points") }}
    where feature <> '(base)'
),

catalogue as (
    select * from {{ ref("feature_catalogue") }}
),

scores as (
    select * from {{ ref("score_catalogue") }}
),

texts as (
    select * from {{ ref("reason_texts") }}
)

select
    card_features.score_name,
    card_features.feature,
    case
        when texts.feature is null then 'no text'
        when catalogue.feature is null and substr(card_features.feature, 1, 10) <> 'attribute_'
            then 'not in the catalogue'
        else 'of another grain than the score'
    end as fault
from card_features
inner join scores
    on card_features.score_name = scores.score_name
left join catalogue
    on card_features.feature = catalogue.feature
left join texts
    on card_features.feature = texts.feature
where
    texts.feature is null
    or (catalogue.feature is null and substr(card_features.feature, 1, 10) <> 'attribute_')
    {% for grain, wide_table in pairs.items() if execute -%}
    or (
        scores.grain <> '{{ grain }}'
        and card_features.feature in (
            'none'
            {%- for column in adapter.get_columns_in_relation(wide_table) %}
            , '{{ column.name }}'
            {%- endfor %}
        )
    )
    {% endfor -%}
    or (scores.grain <> 'person' and substr(card_features.feature, 1, 10) = 'attribute_')
