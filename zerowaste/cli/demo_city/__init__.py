"""The demo city: invented firms in Nanchang's real districts, and three months of their waste."""
