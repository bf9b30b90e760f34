"""The entry rooms: they wire the others together (build, reproduce) and hold no science of their own."""
