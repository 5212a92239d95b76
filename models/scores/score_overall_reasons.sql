with

points as (
    select * from {{ ref("score_overall_points") }}
    where points <> 0
),

catalogue as (
    select * from {{ ref("score_catalogue") }}
),

results as (
    select * from {{ ref("score_results") }}
),

card_rows as (
    select * from {{ ref("score_card_rows") }}
    where grain = 'person'
),

texts as (
    select * from {{ ref("score_texts") }}
),

/* The strongest reason of each weighted score, on the side that moved the overall score. */
ranked as (
    select
        points.customer_id,
        points.as_of_date,
        points.score_name,
        points.points,
        results.score,
        case when points.points > 0 then 'up' else 'down' end as direction,
        case
            when (points.points > 0) = catalogue.is_high_good then {{ place_in_card("results.strongest_ups", 1) }}
            else {{ place_in_card("results.strongest_downs", 1) }}
        end as strongest,
        row_number() over (
            partition by points.customer_id, points.as_of_date
            order by abs(points.points) desc, points.score_name
        ) as place
    from points
    inner join catalogue
        on points.score_name = catalogue.score_name
    inner join results
        on points.customer_id = results.customer_id
        and points.as_of_date = results.as_of_date
        and points.score_name = results.score_name
),

final as (
    select
        ranked.customer_id,
        ranked.as_of_date,
        ranked.place,
        ranked.direction,
        row_number() over (
            partition by ranked.customer_id, ranked.as_of_date, ranked.direction
            order by ranked.place
        ) as place_on_side,
        ranked.score_name,
        ranked.points,
        texts.label_en || ' ' || {{ one_digit("ranked.score", "en") }}
        || coalesce(': ' || card_rows.reason_en, '') as reason_en,
        texts.label_fr || ' ' || {{ one_digit("ranked.score", "fr") }}
        || coalesce(' : ' || card_rows.reason_fr, '') as reason_fr
    from ranked
    inner join texts
        on ranked.score_name = texts.score_name
    left join card_rows
        on ranked.score_name = card_rows.score_name
        and ranked.strongest = card_rows.place
    where ranked.place <= 3
)

select * from final
