"""Train the small multilingual reader: data, network, training, measures and export."""
