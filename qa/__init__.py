"""A question comes in, a cited answer comes out.

understand -> retrieve -> read -> write -> verify, one module per verb, and the
ways to ask: the command line (`qa.cli`) and the HTTP service (`qa.service`).
"""
