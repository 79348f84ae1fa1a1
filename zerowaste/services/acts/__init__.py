"""Acts: what people do to waste, each judged by the law, booked, and kept as an event."""
