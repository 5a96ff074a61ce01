"""Scripts that run in a pod with the image of the operators' command, as clients inside the cluster.

They are mounted as files, so they import only what that image has, and not each other.
"""
