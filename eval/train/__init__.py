"""Train the reader. Needs torch, which nothing else does."""
