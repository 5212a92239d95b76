/*
    A row is a card that gives or takes points because something was never delivered. Set them to 0; a score
    that cannot do without the feature names it in score_requirements.
*/
select
    score_name,
    score_version,
    bin_set,
    feature,
    points
from {{ ref("score_points") }}
where bin = -1 and points <> 0
