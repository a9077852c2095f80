-- Lines as the register of lines marks them: every exposed line lost all its identifiers.
select
    e.incident_id,
    e.element,
    (select count(*) from core.dim_lines where is_exposed) as lines,
    len(list_distinct(list(e.access_point_id))) as access_points
from incident.fct_identifier_exposures as e
group by all
