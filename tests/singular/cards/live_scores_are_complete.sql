/*
    A row is a score that the sector uses and that lacks something. Add what the fault names to the seed that it
    names, or switch the score off in score_catalogue.
*/
with

catalogue as (
    select * from {{ ref("score_catalogue") }}
    where is_on
),

cards as (
    select
        score_name,
        score_version,
        sum(case when feature = '(base)' then 1 else 0 end) as base_count,
        sum(case when feature <> '(base)' then 1 else 0 end) as point_count
    from {{ ref("score_points") }}
    group by
        score_name,
        score_version
),

texts as (
    select * from {{ ref("score_texts") }}
),

scales as (
    select * from {{ ref("score_references") }}
),

judged as (
    select
        catalogue.score_name,
        case
            when catalogue.score_name <> 'overall' and coalesce(cards.point_count, 0) = 0
                then 'no points of the live version in score_points'
            when catalogue.score_name <> 'overall' and cards.base_count <> 1 then 'no single row (base) in score_points'
            when texts.score_name is null then 'no row in score_texts'
            when
                catalogue.scale_kind in ('log_odds', 'log_amount')
                and not coalesce(scales.reference_value > 0 and scales.points_per_doubling > 0, false)
                then 'no positive reference in score_references'
            when catalogue.scale_kind not in ('log_odds', 'log_amount', 'index') then 'an unknown scale_kind'
            when
                catalogue.population not in (
                    'everyone', 'buyers', 'prospects', 'active', 'repeaters', 'heard', 'billed', 'described'
                )
                then 'an unknown population'
            when coalesce(catalogue.grain, '') not in ('person', 'offer', 'campaign') then 'an unknown grain'
            when catalogue.population = 'active' and coalesce(catalogue.active_days, 0) <= 0 then 'no active_days'
            when catalogue.is_high_good is null or catalogue.evidence is null then 'no direction or no evidence'
            when catalogue.score_name <> 'overall' and not coalesce(catalogue.overall_weight >= 0, false)
                then 'no overall_weight of 0 or more'
        end as fault
    from catalogue
    left join cards
        on catalogue.score_name = cards.score_name
        and catalogue.score_version = cards.score_version
    left join texts
        on catalogue.score_name = texts.score_name
    left join scales
        on catalogue.score_name = scales.score_name
)

select * from judged
where fault is not null
