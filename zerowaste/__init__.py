"""zerowaste: a city's waste, followed gram by gram from producer to final fate."""
