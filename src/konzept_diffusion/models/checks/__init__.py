"""What has to hold before a fit: finite estimates exist, spells are spells, clusters can serve."""
