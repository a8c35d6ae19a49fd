"""What sees: safe image decoding, encoders and readers. No store, no web."""
