"""The portal: web pages in Lao and English, over the HTTP APIs of the services, with the rights of their user.

It has no rules of its own and keeps nothing: what may be done, the services decide.
"""
