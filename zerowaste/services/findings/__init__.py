"""Findings: what the audits found, kept up as acts are recorded, and what overseers make of it."""
