"""Rows as graphs: one chain (networkx), and the whole city (numpy). The only place that knows both."""
