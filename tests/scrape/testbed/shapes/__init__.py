"""One module per family of sites; importing a module declares its shapes."""
