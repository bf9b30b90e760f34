"""Many Kommunen at once: register, workers, processes, clusters, progress."""
