"""One run: the world, what is decided, what is applied. One file alone imports simpy."""
