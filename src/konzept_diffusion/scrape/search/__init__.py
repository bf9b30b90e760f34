"""The survey of one Kommune: what is promising, where it may go, what it found."""
