"""What the catalogue does not know: completeness by capture and recapture, errors of the coding."""
