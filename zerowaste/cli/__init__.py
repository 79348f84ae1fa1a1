"""The command line: what the clerk of a city does with `flask …`."""
