"""Faults of the marts of survival: what readers of curves and cohorts would be misled by."""

FAULTS = {
    "churn.fct_risk_set_changes": {
        "A tenth of the lines at least is older than the deliveries": (
            "update {t} set day_number = 1 where change_kind = 'entered'"
        ),
        "At most one port-out in twenty goes nobody knows where": (
            "update {t} set recipient = 'unknown' where change_kind = 'port_out'"
        ),
    },
    "churn.fct_risk_sets": {
        "Between one line in a million and one in fifty departs a day": (
            "update {t} set at_risk = departures + 1"
        ),
    },
    "churn.rpt_survival": {
        "No day takes a tenth of five hundred lines at risk": (
            "update {t} set events = at_risk // 5 "
            "where time_origin = 'disclosure' and stratum = 'total' and day_number = 100"
        ),
        "Half of the lines at least outlive their first year": (
            "update {t} set survival = 0.4 where day_number between 300 and 365"
        ),
        "The curve of all lines reaches beyond a year": ("delete from {t} where until_day > 365"),
    },
    "churn.rpt_competing_departures": {
        "Those who leave do so in three ways at least": (
            "update {t} set kind = 'voluntary', recipient = 'none'"
        ),
        "No single way out takes half of those there at the disclosure": (
            "update {t} set incidence = 0.6 where time_origin = 'disclosure' and kind = 'port_out'"
        ),
    },
    "churn.rpt_hazard_by_contract_month": {
        "No month of a contract loses a third of its lines": (
            "update {t} set hazard = hazard * 100 where line_months >= 500"
        ),
        "Contracts are left more just after their term than within it": (
            "update {t} set departures = 0 where months_after_term between 1 and 2"
        ),
    },
    "churn.rpt_retention_cohorts": {
        "Nine in ten lines outlive the month they came in": (
            "update {t} set lines_retained = lines_retained // 2 where months_since = 0"
        ),
        "No month takes a quarter of a cohort of five hundred lines": (
            "update {t} set lines_lost = 300, lines_retained = 300 where is_complete"
        ),
    },
}
