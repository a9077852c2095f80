select
    carrier_code,
    carrier_name,
    carrier_class,
    host_carrier,
    published_group,
    is_operator
from {{ ref('dim_carriers') }}
