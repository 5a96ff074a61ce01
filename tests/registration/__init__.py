"""Registration: the rules in the language of the domain, the rows on PostgreSQL, the doors, the facts on Kafka."""
