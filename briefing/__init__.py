"""The briefing: one page that tells an incident to someone who has never seen the project.

It is made from a published generation alone, so that the same generation gives the same bytes.
"""
