"""What those who run Piga watch: counts of the processes, and figures of the rows, at /metrics.

This imports nothing that counts: the folder that counts go to has to be named first.
"""
