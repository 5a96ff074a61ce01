"""The whole system, played from announcement to archive, also with its processes killed on the way."""
