"""The archive: jobs that ended long ago, with all that is theirs, in tables of the same shape.

It lies in a schema of its own under the same names, so whatever reads jobs reads the archive too
(`jobs.sql.in_archive`). `moving` carries jobs there and back, `months` makes and drops its partitions,
`keeping` knows how long jobs are kept and does what is due.
"""
