"""What is known: documents, corpora, chunks, ids, errors and the Qdrant store. No model, no web."""
