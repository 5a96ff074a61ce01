"""Numbers and addresses: who has registered with one before, and who may be told so."""
