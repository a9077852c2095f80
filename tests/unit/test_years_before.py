"""Of age by a day of birth, and of age by completed years, are the same.

Belongs here: the days around the ends of February, where the two could differ. Does not belong
here: whose age is asked about; that is a unit test of stg_operator__customer_ages.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2

from orchestration.settings import PROJECT_DIR

MACROS = ("engine/expressions.sql", "staging/ages.sql")


def test_who_was_born_by_the_same_day_of_an_earlier_year_is_of_age() -> None:
    text = "".join((PROJECT_DIR / "macros" / name).read_text("utf-8") for name in MACROS)
    engine = jinja2.Environment(autoescape=False)
    engine.globals["return"] = lambda value: value
    engine.globals["adapter"] = SimpleNamespace(
        dispatch=lambda name, _: getattr(module, f"default__{name}")
    )
    module: Any = engine.from_string(text).module
    born_by = module.years_before("asked_on", "years")
    age = module.age_in_years("born_on", "asked_on")
    days = "(select cast(unnest(range({}, {}, interval 1 day)) as date) as {})"
    asked_on = days.format("date '2023-02-20'", "date '2033-03-10'", "asked_on")
    born_on = days.format("date '1959-02-20'", "date '1969-03-10'", "born_on")
    compared, of_age, other = duckdb.sql(
        f"""
        select
            count(*),
            count(*) filter (where born_on <= {born_by}),
            count(*) filter (where (born_on <= {born_by}) is distinct from ({age} >= years))
        from {asked_on}
        cross join {born_on}
        cross join (values (63), (64), (65), (cast(66 as bigint))) as ages(years)
        where
            month(asked_on) in (2, 3)
            and month(born_on) in (2, 3)
            and abs(year(asked_on) - year(born_on) - years) <= 1
        """
    ).fetchall()[0]

    assert other == 0
    assert 0 < of_age < compared
