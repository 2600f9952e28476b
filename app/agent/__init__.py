"""The agent: one process per machine that owns the runs and their record, and outlives the web process.

The web process sees it through the protocol `Agent`, over a Unix socket or in its own process.
"""
