"""Incidents as parameters, and the generator of an operator's raw exports from them."""
