"""One fault per rule: what a source or a model would have to do for the rule to break.

Belongs here: for every table with a suite, the rule's sentence and the SQL that plants its fault in
a copy of the bundled sample (`{t}` is the table). Does not belong here: how that is run.
A rule without a fault here has not been shown to be able to fail; test_faults.py insists on one.
"""
