"""One question, every defensible model of it: choices, fits, the specification curve and joint tests."""
