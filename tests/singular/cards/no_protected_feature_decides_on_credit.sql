/*
    A row is a card of credit_risk that uses age, sex or marital status, which may not decide on credit. Take
    the feature out of the card.
*/
select distinct
    points.score_version,
    points.feature
from {{ ref("score_points") }} as points
inner join {{ ref("feature_catalogue") }} as catalogue
    on points.feature = catalogue.feature
where points.score_name = 'credit_risk' and catalogue.is_protected
