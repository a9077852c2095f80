"""What a person is told when a batch cannot go on.

Belongs here: the errors that a run shows as one message without a traceback. Does not belong here:
failed gates (their evidence is the verdict of a suite) and programming errors (they keep their
traceback).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A message stays readable: so many places are named, the others are counted.
PLACES_SHOWN = 10


class OperatorError(Exception):
    """A condition that the operator of the warehouse can put right.

    Args:
        what: what is wrong, as a sentence without full stop.
        where: file, row, setting or process it was found in.
        remedy: what to do about it, as an instruction.
    """

    def __init__(self, what: str, where: str, remedy: str) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(f"{what}.\n  where:      {where}\n  what to do: {remedy}")


class BadInput(OperatorError):  # noqa: N818 - named for what the operator gave, not for the machine
    """Something delivered or configured cannot be used; nothing was published."""

    @classmethod
    def of_several(cls, problems: Sequence[BadInput]) -> BadInput:
        """Put the problems of one check into one message; the first one leads.

        Raises:
            ValueError: no problem was given.
        """
        if not problems:
            raise ValueError("no problem given")
        first, *others = problems
        if not others:
            return first
        named = [f"{other.what}: {other.where}" for other in others[: PLACES_SHOWN - 1]]
        unnamed = len(others) - len(named)
        if unnamed:
            named.append(f"... and {unnamed} more")
        also = "".join(f"\n              also: {line}" for line in named)
        return cls(first.what, first.where + also, first.remedy)


class DatabaseLocked(OperatorError):  # noqa: N818 - a state, as BatchRunning below
    """Another process holds a database of the work area."""


class BatchRunning(OperatorError):  # noqa: N818 - a state rather than a fault
    """Another batch works in the same build directory."""


class LockLost(OperatorError):  # noqa: N818 - as the others
    """The build directory that a batch locked is not the one that stands at its path now."""


class NotPublishable(OperatorError):  # noqa: N818 - as the others
    """The candidate may not become the current generation."""


class CannotRecord(OperatorError):  # noqa: N818 - as the others
    """What happens in a run cannot be written down, so it does not go on."""


class WholeRunNeeded(OperatorError):  # noqa: N818 - as the others
    """A run cannot be taken up where it failed: its first steps would make something else now."""
