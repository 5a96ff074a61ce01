"""The HTTP APIs of all services against their OpenAPI documents: explained, and following the RFCs alike."""
