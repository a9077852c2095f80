"""Generates the raw exports of an incident at any scale, with the truth beside them.

Belongs here: everything that turns parameters into deliveries. Does not belong here: a date, a
carrier or a number of an incident - those stand in the scenario file and the reference registers.
"""

from scenarios.generator.generation import Generation, generate

__all__ = ["Generation", "generate"]
