"""Registration: the rules in the language of the domain, the rows on PostgreSQL, the routes, the facts on Kafka."""
