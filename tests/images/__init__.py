"""What needs a Docker engine: proofs on the images themselves. `make images-check`."""
