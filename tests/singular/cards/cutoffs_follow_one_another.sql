/*
    A row is a level of segment_cutoffs or grid_cutoffs, or a grade of score_bands, that leaves a gap to its neighbour
    or overlaps it: people in the gap would have no level, people in both two rows. Levels run 1 to 5 in each
    dimension; the first has no lower bound, the last no upper one.
*/
with

cutoffs as (
    select
        dimension,
        {{ as_text("level") }} as level_name,
        lower_bound,
        upper_bound
    from {{ ref("segment_cutoffs") }}
    union all
    select
        'grade' as dimension,
        grade as level_name,
        lower_bound,
        upper_bound
    from {{ ref("score_bands") }}
    union all
    select
        dimension,
        level as level_name,
        lower_bound,
        upper_bound
    from {{ ref("grid_cutoffs") }}
),

neighbours as (
    select
        *,
        lag(upper_bound) over (partition by dimension order by lower_bound nulls first) as previous_upper_bound,
        row_number() over (partition by dimension order by lower_bound nulls first) as place,
        count(*) over (partition by dimension) as level_count
    from cutoffs
)

select
    dimension,
    level_name,
    lower_bound,
    upper_bound,
    previous_upper_bound
from neighbours
where
    (place = 1 and lower_bound is not null)
    or (place > 1 and coalesce(lower_bound <> previous_upper_bound, true))
    or (place = level_count and upper_bound is not null)
    or (place < level_count and upper_bound is null)
    or level_count <> case when dimension in ('fit', 'engagement') then 4 else 5 end
union all
select
    dimensions.dimension,
    'all' as level_name,
    null as lower_bound,
    null as upper_bound,
    null as previous_upper_bound
from (
    values ('recency'), ('frequency'), ('value'), ('grade'), ('fit'), ('engagement')
) as dimensions (dimension)
where dimensions.dimension not in (select cutoffs.dimension from cutoffs)
