"""Prompt templates as text files, rendered strictly and fingerprinted."""
