"""An article comes in, passages come out.

load -> clean -> date -> fingerprint -> chunk -> embed -> store -> report, one
module per verb. Nothing is imported here, so that a command pays only for what
it uses.
"""
