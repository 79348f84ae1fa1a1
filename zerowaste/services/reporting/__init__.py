"""Reporting: sums of a period: indicators, reconciliation, registers, the public year, the feed."""
