with

persons as (
    select * from {{ ref("int_persons") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

consents as (
    select * from {{ ref("int_contactability") }}
),

features as (
    select * from {{ ref("feat_customers") }}
),

segments as (
    select * from {{ ref("score_segments") }}
),

scores as (
    select * from {{ ref("score_wide") }}
),

overall as (
    select * from {{ ref("score_overall") }}
),

next_offers as (
    select * from {{ ref("score_next_offers") }}
),

grid as (
    select * from {{ ref("grid_cutoffs") }}
),

planned as (
    select * from {{ ref("int_person_planned_touches") }}
),

absent_tables as (
    select {{ listed("table_name", "table_name") }} as absent_tables
    from {{ ref("int_absent_tables") }}
),

final as (
    select
        persons.customer_id,
        persons.as_of_date,
        coalesce(
            segments.lifecycle, case when persons.is_deleted then 'deleted' else 'not_profiled' end
        ) as lifecycle,
        persons.source_customer_count,
        {% for score in person_scores() -%}
        scores.{{ score }},
        {% if score in odds_scores() -%}
        scores.{{ score }}_probability,
        {% elif score == "customer_value" -%}
        scores.{{ score }}_amount,
        {% endif -%}
        case
            when scores.customer_id is null then consents.contactable_reason else scores.{{ score }}_reason_missing
        end as {{ score }}_reason_missing,
        {% endfor -%}
        overall.score as overall,
        cast(overall.overall_rank as bigint) as overall_rank,
        overall.overall_percentile,
        overall.grade as overall_grade,
        segments.segment_code,
        segments.segment_en,
        segments.segment_fr,
        segments.treatment_en as recommended_action_en,
        segments.treatment_fr as recommended_action_fr,
        next_offers.next_best_offer,
        next_offers.next_new_offer,
        -- Who has no row of scores is deleted or objects, and consents say which.
        case
            when next_offers.customer_id is null then consents.contactable_reason else next_offers.no_offer_reason
        end as no_offer_reason,
        features.touch_count_7d,
        features.touch_count_28d,
        features.touch_count_90d,
        case
            when features.touch_count_90d is not null then coalesce(planned.planned_touch_count_28d, 0)
        end as planned_touch_count_28d,
        features.weighted_touches_14d,
        cast(
            features.weighted_touches_14d + coalesce(planned.planned_weighted_touches_28d, 0) as decimal(18, 6)
        ) as weighted_touches_with_planned,
        features.as_of_date + cast(floor(features.days_until_next_order + 0.5) as integer) as next_order_date,
        features.overdue_probability,
        fit.level as fit_level,
        engaged.level as engagement_level,
        fit.level || engaged.level as fit_engagement,
        consents.is_contactable,
        consents.contactable_reason,
        {% for reason in ["1_en", "2_en", "3_en", "1_fr", "2_fr", "3_fr"] -%}
        scores.reason_{{ reason }},
        {% endfor -%}
        persons.has_profile,
        absent_tables.absent_tables,
        scores.weakest_evidence,
        scores.card_versions,
        runs.run_id,
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp) as scored_at
    from persons
    inner join runs
        on persons.as_of_date = runs.as_of_date
    cross join absent_tables
    inner join consents
        on persons.customer_id = consents.customer_id
        and persons.as_of_date = consents.as_of_date
    left join features
        on persons.customer_id = features.customer_id
        and persons.as_of_date = features.as_of_date
    left join segments
        on persons.customer_id = segments.customer_id
        and persons.as_of_date = segments.as_of_date
    left join scores
        on persons.customer_id = scores.customer_id
        and persons.as_of_date = scores.as_of_date
    left join overall
        on persons.customer_id = overall.customer_id
        and persons.as_of_date = overall.as_of_date
    left join planned
        on persons.customer_id = planned.customer_id
        and persons.as_of_date = planned.as_of_date
    left join grid as fit
        on fit.dimension = 'fit'
        and scores.profile_fit >= coalesce(fit.lower_bound, 0)
        and scores.profile_fit < coalesce(fit.upper_bound, 11)
    left join grid as engaged
        on engaged.dimension = 'engagement'
        and scores.engagement >= coalesce(engaged.lower_bound, 0)
        and scores.engagement < coalesce(engaged.upper_bound, 11)
    left join next_offers
        on persons.customer_id = next_offers.customer_id
        and persons.as_of_date = next_offers.as_of_date
)

select * from final
