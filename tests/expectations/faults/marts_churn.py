"""Faults of the churn marts: how many left, where to and because of what would be misread."""

FAULTS = {
    "churn.fct_deactivations": {
        "Between one end in a hundred and all but one in a hundred is a port-out": (
            "update {t} set kind = 'voluntary'"
        ),
        "A running contract is known for some of those who leave": (
            "update {t} set contract_month = null"
        ),
        "Hardly anybody leaves before the first month is over": "update {t} set tenure_months = 0",
    },
    "churn.fct_line_spells": {
        "Hardly any spell ends on the day it began": (
            "update {t} set started_on = ended_on where ended_on is not null and line_key % 5 = 0"
        ),
        "A spell that ended lasted two months to twenty years on average": (
            "update {t} set started_on = ended_on - 1 where ended_on is not null"
        ),
        "Between one spell in a hundred and nine in ten began by porting": (
            "update {t} set start_kind = 'new'"
        ),
    },
    "churn.fct_port_flows_daily": {
        "Ports go out and come in": "delete from {t} where direction = 'in'",
        "At most one port in twenty does not cross the edge of the operator's network": (
            "update {t} set direction = 'elsewhere' where direction = 'in'"
        ),
        "At most a fifth of the processing days between the first port and the last is empty": (
            "delete from {t} where month(processed_on) in (6, 7, 8, 10)"
        ),
        "Queued ports are fewer than half of all": "update {t} set queued_ports = ports",
    },
    "churn.fct_returners": {
        "Fewer than half of the port-outs go home, and fewer than half come back": (
            "insert into {t} select returners.* from {t} as returners cross join range(20)"
        ),
        "Most returners were away for two weeks": "update {t} set lag_days = 3",
    },
    "churn.rpt_churn_daily": {
        "No day loses or gains a hundredth of the park, in a window a twentieth": (
            "update {t} set deactivations = opening_lines // 10 "
            "where service_date = (select max(service_date) from {t})"
        ),
        "No day is missing between the first and the last": (
            "delete from {t} where service_date = date '2025-10-09'"
        ),
        "The park neither halves nor doubles": (
            "update {t} set closing_lines = closing_lines // 3 "
            "where service_date = (select max(service_date) from {t})"
        ),
    },
    "churn.rpt_churn_monthly": {
        "A whole month loses at most a tenth of a park of a thousand lines": (
            "update {t} set churn_rate = 0.12 where month = date '2025-10-01'"
        ),
        "No whole month of a park of ten thousand lines passes without churn": (
            "update {t} set deactivations = 0 where month = date '2025-10-01'"
        ),
        "A whole month changes the park by at most a tenth": (
            "update {t} set net_adds = -closing_lines // 5 where month = date '2025-10-01'"
        ),
    },
    "churn.rpt_churn_segments_monthly": {
        "The total of a network of a thousand lines is shown": (
            "update {t} set is_suppressed = true, opening_lines = null where segment_kind = 'total'"
        ),
        "No segment of a thousand lines loses ten times the share of the whole": (
            "update {t} set churn_rate = 0.5 where segment = '40_49'"
        ),
        "Of a network of a million lines most segments are shown": (
            "update churn.fct_churn_segments_monthly set opening_lines = opening_lines * 1000; "
            "update {t} set is_suppressed = true"
        ),
    },
    "churn.rpt_port_share": {
        "No recipient's monthly share is half the market off its usual one": (
            "update {t} set share = share + 0.6, total_ports = total_ports + 200 "
            "where period_kind = 'month' and period_from = date '2026-01-01';"
            "update {t} set total_ports = total_ports + 200 where period_kind = 'month'"
        ),
        "No recipient takes everything in a month with two hundred ports": (
            "update {t} set share = 1, ports = 300, total_ports = 300 "
            "where period_kind = 'month' and period_from = date '2025-10-01'"
        ),
    },
    "churn.fct_port_requests_daily": {
        "Four of five requests end in a port": (
            "update {t} set outcome = 'rejected' where requested_on > date '2025-12-01'"
        ),
        "At most one request in twenty is never answered": (
            "update {t} set outcome = 'timed_out', processed_on = null "
            "where requested_on > date '2026-01-01'"
        ),
        "At most one port in ten is undone": (
            "update {t} set undone_on = processed_on where requested_on > date '2026-01-01'"
        ),
        "Hardly any port waits more than two weeks": (
            "update {t} set processed_on = requested_on + 15 where recipient_carrier = 'LGU'"
        ),
        "Nearly all ports are reported within two months": (
            "update {t} set reported_on = processed_on + 90 where recipient_carrier = 'LGU'"
        ),
    },
    "churn.rpt_port_flows_daily": {
        "Every pair of brands has a row on every day": (
            "delete from {t} where service_date = date '2025-10-05' and recipient_carrier = 'LGU'"
        ),
        "At most one processing day in ten is missing": (
            "update {t} set is_feed_missing = true where is_processing_day "
            "and month(service_date) in (6, 7)"
        ),
        "Over all days as many ports are asked for and reported as processed, to a tenth": (
            "update {t} set reported_ports = 0 where month(service_date) in (12, 1)"
        ),
    },
    "churn.rpt_port_queue_daily": {
        "Never do more wait than the busiest week asked for": (
            "update {t} set waiting_closing = 5000 where service_date = date '2026-01-20'"
        ),
        "Requests wait two processing days at most on average": (
            "update {t} set waiting_closing = 3 * requested + 1"
        ),
    },
    "churn.rpt_customer_churn_monthly": {
        "A customer holds between one line and twenty on average": (
            "update {t} set closing_customers = 3 * closing_customers "
            "where month = date '2025-10-01'"
        ),
        "A whole month loses between one customer in ten thousand and one in ten": (
            "update {t} set customer_churn_rate = 0.2 where month = date '2025-10-01'"
        ),
        "Fewer than half as many come back in a month as leave in it": (
            "update {t} set rejoined_customers = churned_customers where month = date '2025-10-01'"
        ),
    },
    "churn.rpt_movements_monthly": {
        "Nine of ten that were in service still are a month later": (
            "update {t} set units = units * 50 where movement_class = 'churned' "
            "and month = date '2026-01-01'"
        ),
        "Fewer than half of those who come were there before": (
            "update {t} set units = 5000 where movement_class = 'rejoined' "
            "and month = date '2026-01-01'"
        ),
        "Nobody's past is unknown after the month of the opening delivery": (
            "update {t} set units = 1 where movement_class = 'unknown' "
            "and month = date '2025-10-01'"
        ),
    },
    "churn.rpt_excess_churn": {
        "No phase of an incident loses fifty times what was expected": (
            "update {t} set actual = 60 * actual where phase = 'window'"
        ),
        "Both methods tell of the same loss": (
            "update {t} set excess_lines_low = excess_lines_high + 1000000, "
            "excess_lines_high = excess_lines_high + 2000000 where method = 'interrupted_series'"
        ),
        "An interval is no wider than twice what left": (
            "update {t} set excess_lines_low = excess_lines_low - 3 * actual where is_headline"
        ),
    },
    "churn.rpt_excess_churn_daily": {
        "What left on the quiet days is what they let expect": (
            "update {t} set expected = 1.2 * expected"
        ),
        "Few quiet days lie outside their interval": "update {t} set expected_high = 0",
        "The quiet days are no older than two years": (
            "update {t} set baseline_to = baseline_to - 800"
        ),
    },
}
