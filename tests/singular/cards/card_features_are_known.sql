/*
    A row is a feature of a card that nobody can compute or put into words: its name must be in
    feature_catalogue (or begin with attribute_, for an own CRM field), and in reason_texts. Correct the name,
    or add the row.
*/
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

texts as (
    select * from {{ ref("reason_texts") }}
)

select
    card_features.score_name,
    card_features.feature,
    case when texts.feature is null then 'no text' else 'not in the catalogue' end as fault
from card_features
left join catalogue
    on card_features.feature = catalogue.feature
left join texts
    on card_features.feature = texts.feature
where
    texts.feature is null
    or (catalogue.feature is null and not starts_with(card_features.feature, 'attribute_'))
