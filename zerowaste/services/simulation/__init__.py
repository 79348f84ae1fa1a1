"""Simulation: bulk history through the very judging of the services, booked in memory, written in bulk."""
