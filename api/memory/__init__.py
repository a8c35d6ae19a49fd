"""What the service keeps between requests: results, embeddings and conversations."""
