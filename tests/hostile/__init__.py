"""Inputs that were made to do harm: what they cost, what is answered, what comes out at the other end."""
