"""Two slow evaluators that the judge is compared with.

`specification` reads a rule's YAML itself and is written from the Sigma specification 2.1 alone; `pysigma` walks the
condition tree of the reference implementation. Neither shares code with the engine, nor with the other.
"""
