select
    month,
    segment_kind,
    segment,
    is_suppressed,
    is_port_outs_suppressed,
    opening_lines,
    gross_adds,
    deactivations,
    port_outs,
    closing_lines,
    average_lines,
    churn_rate,
    port_out_rate
from {{ ref('rpt_churn_segments_monthly') }}
