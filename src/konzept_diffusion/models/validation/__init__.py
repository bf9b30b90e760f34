"""Every estimator against published or reference numbers: target, obtained, tolerance.

`reference/T.json` holds the targets of topic T with the R script that made them (`reference/T.R`), and
`T_cases.py` what the package obtains for them. R is not needed to compare.
"""
