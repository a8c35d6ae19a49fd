"""What an operator sees: metrics, logs, the audit log and spans."""
