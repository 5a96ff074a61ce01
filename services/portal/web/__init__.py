"""What the areas share: layout, texts, forms, static files, and the client of the services."""
