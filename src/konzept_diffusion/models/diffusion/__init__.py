"""Did adoption spread from Kommune to Kommune? Exposure, placebos, dyads, network measures.

A coefficient of exposure alone is no proof: `placebo` and `rewiring` show what it would be without diffusion.
"""
