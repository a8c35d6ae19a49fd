"""How much at once: queues, deadlines, clients that hang up, and going down."""
