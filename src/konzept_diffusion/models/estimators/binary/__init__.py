"""The binary likelihoods: discrete-time hazard and logit, their solver and refits, repeated events."""
