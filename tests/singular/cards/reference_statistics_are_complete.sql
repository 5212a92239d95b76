/*
    A row is a constant that the features use and reference_statistics lacks, or one that is not above 0: the
    feature would be null for everyone. Add it, with its date and source.
*/
with

needed as (
    select listed.statistic_name
    from (
        values
        ('gap_share_variance'), ('gap_share_variance_weight'), ('response_rate'), ('response_rate_weight'),
        ('satisfaction_mark'), ('satisfaction_mark_weight'), ('campaign_visit_rate'), ('campaign_visit_rate_weight'),
        ('gap_log_spread'), ('gap_log_spread_weight'), ('gap_median_days'), ('gap_median_days_weight'),
        ('gap_days_decile_1'), ('gap_days_decile_2'), ('gap_days_decile_3'), ('gap_days_decile_4'),
        ('gap_days_decile_5'), ('gap_days_decile_6'), ('gap_days_decile_7'), ('gap_days_decile_8'),
        ('gap_days_decile_9'), ('payment_delay_days_weight'), ('credit_points_anchor'), ('credit_odds_anchor'),
        ('credit_points_to_double'), ('credit_loss_floor'), ('offer_rate'), ('offer_rate_weight'),
        ('answer_margin_rate'), ('answer_order_amount'), ('answer_order_share'), ('control_share'), ('pressure_cap')
    ) as listed (statistic_name)
)

select
    needed.statistic_name,
    measured.statistic_value
from needed
left join {{ ref("reference_statistics") }} as measured
    on needed.statistic_name = measured.statistic_name
where not coalesce(measured.statistic_value > 0, false)
