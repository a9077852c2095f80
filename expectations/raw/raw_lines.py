"""Lines as delivered.

Is this the whole park of the network, readable and in the local time zone? To be plausible this
table must answer: is the park mostly handsets, do lines carry the identifiers an incident
exposes, when of the day do lines start, who ends them, and do lines that came from elsewhere name
where from?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import conditions, kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ()


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition=conditions.readable("activated_at", "timestamp"),
            min_value=0.98,
            least_rows=200,
            description="Activation times can be read",
            notes=(
                "Eligibility, tenure and survival count from it; another format breaks "
                "all of them at once"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.at_night("activated_at"),
            among=conditions.readable("activated_at", "timestamp"),
            max_value=0.15,
            least_rows=200,
            description="Lines start by day, not by night",
            notes=(
                "Shops are closed between midnight and six: many starts then mean times "
                "of another zone, and days off by one"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="line_kind = 'handset'",
            min_value=0.33,
            description="Handsets are at least a third of the rows",
            notes=(
                "Porting and the waiver concern handsets; an export of meters and watches "
                "is the wrong one"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="strlen(cast(imsi as varchar)) = 15",
            min_value=0.95,
            description="Lines carry an IMSI of fifteen digits",
            notes="Exposure is told by IMSI; a number read as an integer loses digits",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="strlen(cast(imei as varchar)) = 15",
            min_value=0.9,
            description="Lines carry an IMEI of fifteen digits",
            notes="As for the IMSI; fourteen digits are an IMEI without its check digit",
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("msisdn"),
            min_value=0.95,
            description="Lines carry a phone number",
            notes="Returners are found by the number they kept",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("plan_code"),
            min_value=0.95,
            description="Lines have a plan",
            notes="Discounts and unlimited data depend on the plan",
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition=conditions.filled("donor_carrier"),
            among="activation_kind = 'port_in'",
            min_value=0.95,
            least_rows=50,
            description="Lines that came by porting name the carrier they left",
            notes="Port-ins by donor and returners rest on it",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="termination_kind = 'forced'",
            among=conditions.filled("terminated_at"),
            max_value=0.5,
            least_rows=50,
            description="The operator itself ends at most half of the lines that end",
            notes=(
                "Forced endings are excluded from public churn and from the waiver; most "
                "endings are the customer's"
            ),
            severity=kinds.WARNING,
        ),
    ]
