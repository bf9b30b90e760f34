"""The polite client: connections, vetted addresses, turns, robots.txt, answers."""
