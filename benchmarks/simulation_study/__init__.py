"""Parts of the simulation study: designs, synthetic data, fits, the three studies, and their report."""
