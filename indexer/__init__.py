"""From a corpus to Qdrant: plan, encode, upsert, resume."""
