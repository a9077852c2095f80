"""Dagster: one module per concept; imports expectations, never the reverse."""
