"""Did Land programmes speed up adoption? Terms, staggered contrasts, placebo Länder, power and verdicts.

A programme of one Land is one treated cluster: what can be said is stated by rule, "not identifiable" included.
"""
