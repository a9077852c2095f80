"""Published run-off triangles, and triangles as events of a programme.

Belongs here: figures as printed, with their source, and how an origin year and its development
become monthly cohorts and lags. Does not belong here: any expectation.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.unit.oracles.reserving import Basis, Event

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Taylor and Ashe (1983), the example of Mack (1993), Distribution-free calculation of the standard
#: error of chain ladder reserve estimates, ASTIN Bulletin 23/2: cumulative claims.
TAYLOR_ASHE = (
    (357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463),
    (352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085),
    (290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315),
    (310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268),
    (443160, 1136350, 2128333, 2897821, 3402672, 3873311),
    (396132, 1333217, 2180715, 2985752, 3691712),
    (440832, 1288463, 2419861, 3483130),
    (359480, 1421128, 2864498),
    (376686, 1363294),
    (344014,),
)

#: Its development factors (4 digits), reserves (thousands), their standard errors in percent, and
#: those of the total, as Mack printed them.
TAYLOR_ASHE_FACTORS = (3.4906, 1.7473, 1.4574, 1.1739, 1.1038, 1.0863, 1.0539, 1.0766, 1.0177)
TAYLOR_ASHE_RESERVES = (0, 95, 470, 710, 985, 1419, 2178, 3920, 4279, 4626)
TAYLOR_ASHE_ERRORS = (None, 80, 26, 19, 27, 29, 26, 22, 23, 29)
TAYLOR_ASHE_TOTAL = (18681, 13)

#: Reinsurance Association of America, general liability; Mack (1994), Measuring the variability of
#: chain ladder reserve estimates: total reserve and standard error.
RAA = (
    (5012, 8269, 10907, 11805, 13539, 16181, 18009, 18608, 18662, 18834),
    (106, 4285, 5396, 10666, 13782, 15599, 15496, 16169, 16704),
    (3410, 8992, 13873, 16141, 18735, 22214, 22863, 23466),
    (5655, 11555, 15766, 21266, 23425, 26083, 27067),
    (1092, 9565, 15836, 22169, 25955, 26180),
    (1513, 6445, 11702, 12935, 15852),
    (557, 4020, 10946, 12314),
    (1351, 6947, 13112),
    (3133, 5395),
    (2063,),
)
RAA_RESERVE, RAA_ERROR = 52135, 26909

#: Cohorts are months from here on.
FIRST_MONTH = date(2024, 1, 1)

#: More than any triangle reaches.
WITHOUT_LIMIT = 10**15

#: Nothing comes beyond the oldest lag, any age is old enough, and nobody is capped.
NO_TAIL = Basis(
    cohort_grain="month",
    lag_grain="month",
    min_cohorts=1,
    min_ages=1,
    min_developed_share=0.0,
    half_life=(0.01, 0.01, 0.01),
)


def month(number: int) -> date:
    """First day of the month so many months after the first cohort's."""
    return date(FIRST_MONTH.year + number // 12, number % 12 + 1, 1)


def events(triangle: Sequence[Sequence[int]], entitled: int = WITHOUT_LIMIT) -> list[Event]:
    """The triangle as entitlements of so many won and takings in the middle of each month."""
    found = []
    for origin, row in enumerate(triangle):
        found.append(Event(month(origin), "entitled", month(origin), entitled))
        for lag, (so_far, before) in enumerate(zip(row, (0, *row), strict=False)):
            day = month(origin + lag).replace(day=15)
            found.append(Event(month(origin), "taken", day, so_far - before))
    return found
