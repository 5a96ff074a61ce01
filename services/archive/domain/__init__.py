"""The pure part of the archive: records, packages, the Merkle log and the evidence that travels with them."""
